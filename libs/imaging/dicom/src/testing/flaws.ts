import { encode, file, words, type TestElement } from './build.js';

export const start: TestElement[] = [['00080060', 'CS', 'CT']];
export const image: TestElement[] = [
  ['0020000e', 'UI', '1.2.3'],
  ['00280002', 'US', words(1)],
  ['00280004', 'CS', 'MONOCHROME2'],
  ['00280010', 'US', words(2)],
  ['00280011', 'US', words(2)],
  ['00280100', 'US', words(16)],
  ['00280101', 'US', words(12)],
  ['00280102', 'US', words(11)],
  ['00280103', 'US', words(0)],
  ['00281052', 'DS', '-1024'],
  ['00281053', 'DS', '1'],
  ['7fe00010', 'OW', words(0, 1024, 1064, 2000)],
];

export const head = file([]);
const prefix = head.subarray(0, 132);
export const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
/** A whole slice with some bytes between group 8 and group 20. */
export const between = (bytes: Buffer) => Buffer.concat([head, encode(start), bytes, encode(image)]);
export const behind = (bytes: Buffer) => Buffer.concat([head, encode([...start, ...image]), bytes]);

export const itemOf = (body: Buffer) => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([hex('feff00e0'), length, body]);
};
const END = hex('feffdde0 00000000');
/** (0009,1010) of `vr` without a length. */
export const undefinedLength = (vr: string, body: Buffer) =>
  Buffer.concat([hex('09001010'), Buffer.from(vr), hex('0000 ffffffff'), body, END]);
/** The same element with its length in 2 bytes after the bytes of the representation. */
const withVr = (vr: string) =>
  Buffer.concat([hex('09001010'), Buffer.from(vr, 'latin1'), hex('0400'), Buffer.from('abcd')]);
const implicitItem = itemOf(hex('08006000 02000000 4354'));
const explicitItem = itemOf(encode([['00080060', 'CS', 'MR']]));
const sequence = (vr: string, body: Buffer): Buffer => encode([['00091010', vr, body]]);
/** An icon whose pixels are compressed (PS3.5 annex A.4 allows it inside sequences too). */
const icon = itemOf(
  Buffer.concat([
    encode([['00280010', 'US', words(8)]]),
    hex('e07f1000 4f42 0000 ffffffff'),
    itemOf(Buffer.alloc(0)),
    itemOf(hex('ffd8ffd9')),
    END,
  ]),
);

/** The data set in implicit VR little endian. */
function implicit(elements: readonly TestElement[]): Buffer {
  return Buffer.concat(
    elements.map((element) => {
      const explicit = encode([element]);
      const long = element[1] === 'OW';
      const value = explicit.subarray(long ? 12 : 8);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(value.length);
      return Buffer.concat([explicit.subarray(0, 4), length, value]);
    }),
  );
}
/** The data set in explicit VR big endian; text is not changed. */
function bigEndian(elements: readonly TestElement[]): Buffer {
  return Buffer.concat(
    elements.map((element) => {
      const bytes = encode([element]);
      const long = element[1] === 'OW';
      bytes.subarray(0, 4).swap16();
      if (long) bytes.subarray(8, 12).swap32();
      else bytes.subarray(6, 8).swap16();
      if (element[1] === 'US' || long) bytes.subarray(long ? 12 : 8).swap16();
      return bytes;
    }),
  );
}
export const metaOf = (uid: string) => file([], uid);

/**
 * Oracle: pydicom 3.0.2 or dcmtk 3.6.7 (dcmconv) reads each kind of these files and gives the pixels; the big-endian
 * ones by hand from PS3.5.
 */
export const flaws: [name: string, bytes: Buffer][] = [
  ['zeros after the pixels', behind(Buffer.alloc(512))],
  ['a line end after the pixels', behind(hex('0d0a'))],
  ['ones after the pixels', behind(Buffer.alloc(300, 0xff))],
  ['text after the pixels', behind(Buffer.from('<!-- sent by the archive -->'))],
  [
    'another file after the pixels',
    behind(
      file([
        ['00080060', 'CS', 'MR'],
        ['00281052', 'DS', '5'],
      ]),
    ),
  ],
  [
    'explicit, declared as implicit',
    Buffer.concat([metaOf('1.2.840.10008.1.2'), encode([...start, ...image])]),
  ],
  ['implicit, declared as explicit', Buffer.concat([head, implicit([...start, ...image])])],
  ['big endian, declared as little', Buffer.concat([head, bigEndian([...start, ...image])])],
  [
    'little endian, declared as big',
    Buffer.concat([metaOf('1.2.840.10008.1.2.2'), encode([...start, ...image])]),
  ],
  [
    'meta information without representations',
    Buffer.concat([
      prefix,
      implicit([['00020010', 'UI', '1.2.840.10008.1.2.1']]),
      encode([...start, ...image]),
    ]),
  ],
  [
    'that before an implicit data set',
    Buffer.concat([
      prefix,
      implicit([['00020010', 'UI', '1.2.840.10008.1.2']]),
      implicit([...start, ...image]),
    ]),
  ],
  [
    'a meta element of no representation',
    Buffer.concat([
      prefix,
      encode([
        ['00020002', '??', '1.2.3'],
        ['00020010', 'UI', '1.2.840.10008.1.2.1'],
      ]),
      encode([...start, ...image]),
    ]),
  ],
  ['implicit items in an explicit sequence', between(sequence('SQ', implicitItem))],
  ['implicit items in an explicit sequence without length', between(undefinedLength('SQ', implicitItem))],
  ['explicit items in UN', between(encode([['00081140', 'UN', explicitItem]]))],
  ['explicit items in UN without length', between(undefinedLength('UN', explicitItem))],
  [
    'text where a sequence should be, as UN',
    between(encode([['00081140', 'UN', Buffer.from('no sequence at all, text')]])),
  ],
  ['text where a sequence should be', between(sequence('SQ', Buffer.from('no sequence at all')))],
  [
    'an item longer than its sequence',
    between(sequence('SQ', Buffer.concat([hex('feff00e0 e8030000'), encode(start)]))),
  ],
  [
    'a delimiter in a sequence that has a length',
    between(sequence('SQ', Buffer.concat([explicitItem, END]))),
  ],
  ['a delimiter too many', between(END)],
  ['an item delimiter too many', between(hex('feff0de0 00000000'))],
  ['OB in fragments', between(undefinedLength('OB', itemOf(Buffer.from('abcd'))))],
  ['OW in fragments', between(undefinedLength('OW', itemOf(Buffer.from('abcd'))))],
  ['UT in fragments', between(undefinedLength('UT', itemOf(Buffer.from('abcd'))))],
  ['UN in fragments', between(undefinedLength('UN', itemOf(Buffer.from('abcd'))))],
  ['UN of raw bytes up to a delimiter', between(undefinedLength('UN', Buffer.from('abcdefgh')))],
  [
    'fragments in an item',
    between(sequence('SQ', itemOf(undefinedLength('OB', itemOf(Buffer.from('abcd')))))),
  ],
  ['an icon with compressed pixels', between(encode([['00091010', 'SQ', icon]]))],
  ['an icon with compressed pixels in a sequence without length', between(undefinedLength('SQ', icon))],
  ...['  ', '??', '\0\0', 'ob', 'Q?'].map((vr): [string, Buffer] => [
    `the representation ${JSON.stringify(vr)}`,
    between(withVr(vr)),
  ]),
  [
    'a blank representation in an item',
    between(sequence('SQ', itemOf(Buffer.concat([encode(start), withVr('  ')])))),
  ],
  ['unknown capitals with a short length', between(withVr('XS'))],
  ['unknown capitals with a long length', between(hex('09001010 5a5a 0000 04000000 61626364'))],
  ['an element without representation', between(hex('09001010 04000000 61626364'))],
  ['two of them', between(hex('09001010 04000000 61626364 09001110 02000000 6162'))],
];
