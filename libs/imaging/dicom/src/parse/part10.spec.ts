import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../limits.js';
import { encode, file, type TestElement } from '../testing/build.js';
import { hex } from '../testing/flaws.js';
import { inflate } from './inflate.js';
import { parsePart10 } from './part10.js';

const elements: readonly TestElement[] = [
  ['00080060', 'CS', 'CT'],
  ['00100020', 'LO', 'P1'],
];
const implicit = hex('08006000 02000000 4354 10002000 02000000 5031');
const bigEndian = hex('00080060 4353 0002 4354 00100020 4c4f 0002 5031');

/** The encoding that is found, and the values. */
const read = (bytes: Uint8Array) => {
  const { syntax, dataSet } = parsePart10(bytes, defaultLimits);
  const values = Array.from(dataSet.elements.values(), ({ offset, length }) =>
    Buffer.from(dataSet.bytes.subarray(offset, offset + length)).toString(),
  );
  return [syntax.explicit, syntax.bigEndian, ...values];
};
const after = (uid: string, ...parts: Uint8Array[]) => Buffer.concat([file([], uid), ...parts]);

describe('a file', () => {
  it.each([
    ['explicit little endian', file(elements), [true, false]],
    ['implicit little endian', after('1.2.840.10008.1.2', implicit), [false, false]],
    ['explicit big endian', after('1.2.840.10008.1.2.2', bigEndian), [true, true]],
    ['without preamble, explicit', encode(elements), [true, false]],
    ['without preamble, implicit', implicit, [false, false]],
    ['without preamble, big endian', bigEndian, [true, true]],
    [
      'that begins with its mark',
      Buffer.concat([Buffer.from('DICM'), file(elements).subarray(132)]),
      [true, false],
    ],
    [
      'that was written in another encoding than declared',
      after('1.2.840.10008.1.2', encode(elements)),
      [true, false],
    ],
  ])('%s', (_, bytes, [explicit, endian]) => {
    expect(read(bytes)).toEqual([explicit, endian, 'CT', 'P1']);
  });

  it('may be deflated', () => {
    const deflated = deflateRawSync(encode(elements));
    expect(read(after('1.2.840.10008.1.2.1.99', deflated))).toEqual([true, false, 'CT', 'P1']);
  });

  it('keeps its meta information separate', () => {
    const { meta, dataSet } = parsePart10(file(elements), defaultLimits);
    expect([[...meta.elements.keys()], [...dataSet.elements.keys()]]).toEqual([
      ['x00020010'],
      ['x00080060', 'x00100020'],
    ]);
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'dicom/not-dicom'],
    ['text', Buffer.from('a text of some length, which is no DICOM'), 'dicom/not-dicom'],
    ['a prefix alone', file([]).subarray(0, 132), 'dicom/truncated'],
    ['half of the meta information', file([]).subarray(0, 145), 'dicom/truncated'],
    ['an unknown transfer syntax', after('1.2.3.4', encode(elements)), 'dicom/unsupported'],
    ['no deflated data set', after('1.2.840.10008.1.2.1.99', Buffer.from('no deflate')), 'dicom/malformed'],
  ])('is refused: %s', (_, bytes, code) => {
    expect(() => parsePart10(bytes, defaultLimits)).toThrow(expect.objectContaining({ code }));
  });
});

describe('inflate', () => {
  it('returns the inflated bytes, up to the limit', () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) % 251);
    const deflated = deflateRawSync(bytes);
    expect(inflate(deflated, { ...defaultLimits, inflatedBytes: 100_000 })).toEqual(bytes);
    expect(() => inflate(deflated, { ...defaultLimits, inflatedBytes: 99_999 })).toThrow(
      expect.objectContaining({ code: 'dicom/too-large' }),
    );
    expect(inflate(deflateRawSync(new Uint8Array(0)), defaultLimits)).toHaveLength(0);
  });
});
