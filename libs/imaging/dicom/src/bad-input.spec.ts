import { mkdtemp, readFile, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readDicom } from './node/read.js';
import { parseDicom } from './read.js';
import { encode, file, slice, words, type TestElement } from './testing/build.js';
import { fixture } from './testing/fixtures.js';

/** `depth` nested sequences. */
function nested(depth: number): TestElement[] {
  let inner: TestElement[] = [['00080104', 'LO', 'end']];
  for (let i = 0; i < depth; i++) inner = [['00081140', 'SQ', [inner]]];
  return inner;
}

async function code(read: () => unknown): Promise<unknown> {
  try {
    await read();
  } catch (error) {
    return error;
  }
  return 'read';
}

describe('bad input', () => {
  it('names a missing file', async () => {
    await expect(readDicom('/no/such/file.dcm')).rejects.toMatchObject({
      name: 'DicomError',
      code: 'dicom/unreadable',
      file: '/no/such/file.dcm',
    });
  });

  it.each([
    ['empty', Buffer.alloc(0)],
    ['text', Buffer.from('ID,Label\nID_1_any,0\n'.repeat(20))],
    ['zeros', Buffer.alloc(1000)],
  ])('refuses input that is not DICOM: %s', (_, bytes) => {
    expect(() => parseDicom(bytes)).toThrow(expect.objectContaining({ code: 'dicom/not-dicom' }));
  });

  it('names file, attribute and both sizes when the pixels are cut off', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'ichor-dicom-')), 'cut.dcm');
    await writeFile(path, slice(2, [1, 2, 3, 4]));
    await truncate(path, (await readFile(path)).length - 2);
    await expect(readDicom(path)).rejects.toMatchObject({
      code: 'dicom/truncated',
      file: path,
      attribute: 'PixelData',
      reason: 'PixelData: declares 8 bytes, but only 6 are left',
    });
  });

  it('refuses sizes that the pixel data cannot hold, before it allocates memory', async () => {
    const error = await code(() =>
      parseDicom(slice(2, [1, 2, 3, 4], [['00280010', 'US', words(60000)]])).pixels(),
    );
    expect(error).toMatchObject({ code: 'dicom/truncated', attribute: 'PixelData' });
    const large = slice(
      1,
      [1],
      [
        ['00280010', 'US', words(65535)],
        ['00280011', 'US', words(65535)],
      ],
    );
    expect(await code(() => parseDicom(large).pixels())).toMatchObject({ code: 'dicom/too-large' });
  });

  it.each<[string, TestElement, string]>([
    ['no Rows', ['00280010', 'US', ''], 'dicom/missing-attribute'],
    ['colour', ['00280002', 'US', words(3)], 'dicom/unsupported'],
    ['12 bits allocated', ['00280100', 'US', words(12)], 'dicom/unsupported'],
    ['more bits stored than allocated', ['00280101', 'US', words(17)], 'dicom/bad-attribute'],
    ['a high bit out of the word', ['00280102', 'US', words(16)], 'dicom/bad-attribute'],
    ['fewer than no frames', ['00280008', 'IS', '-1'], 'dicom/bad-attribute'],
  ])('gives the error of: %s', async (_, element, expected) => {
    expect(await code(() => parseDicom(slice(2, [1, 2, 3, 4], [element])).pixels())).toMatchObject({
      code: expected,
    });
  });

  it('refuses a missing frame', async () => {
    const read = () => parseDicom(slice(1, [1])).pixels(1);
    expect(await code(read)).toMatchObject({ code: 'dicom/no-such-frame' });
  });

  it('reads sequences 16 deep and refuses deeper ones', () => {
    expect(() => parseDicom(file(nested(16)))).not.toThrow();
    expect(() => parseDicom(file(nested(17)))).toThrow(expect.objectContaining({ code: 'dicom/too-deep' }));
    expect(() => parseDicom(file(nested(600)))).toThrow(expect.objectContaining({ code: 'dicom/too-deep' }));
  });

  it('stops inflating at the limit', () => {
    const bomb = file([], '1.2.840.10008.1.2.1.99');
    const bytes = Buffer.concat([bomb, deflateRawSync(Buffer.alloc(10_000_000))]);
    expect(() => parseDicom(bytes, { limits: { inflatedBytes: 1_000_000 } })).toThrow(
      expect.objectContaining({ code: 'dicom/too-large' }),
    );
  });

  it('refuses more elements than the limit', () => {
    const many = Array.from({ length: 200 }, (): TestElement => ['00080104', 'LO', 'x']);
    expect(() => parseDicom(file(many), { limits: { elements: 100 } })).toThrow(
      expect.objectContaining({ code: 'dicom/too-large' }),
    );
  });

  it('names an unknown transfer syntax and a remedy', () => {
    expect(() => parseDicom(file([], '1.2.840.10008.1.2.4.100'))).toThrow(
      expect.objectContaining({
        code: 'dicom/unsupported',
        attribute: 'TransferSyntaxUID',
        remedy: expect.any(String),
      }),
    );
  });

  /** Half of the code stream: `dicom/bad-pixels` or, where the last fragment is cut, `dicom/truncated`. */
  it.each([
    'jpeg-baseline-u8',
    'jpeg-extended-u12',
    'jpeg-lossless-sv1-i16',
    'jpeg-ls-i16',
    'jpeg-2000-i16',
    'htj2k-rpcl-u16',
    'rle-i16',
  ])('does not fill in missing pixels: %s', async (name) => {
    const bytes = await readFile(fixture(`${name}.dcm`));
    // Shortens the only fragment: items are (fffe,e000) + length, the first one is the offset table.
    const pixels = bytes.indexOf(Buffer.from('e07f1000', 'hex'));
    const table = bytes.indexOf(Buffer.from('feff00e0', 'hex'), pixels);
    const item = table + 8 + bytes.readUInt32LE(table + 4);
    const half = (bytes.readUInt32LE(item + 4) >> 2) << 1;
    bytes.writeUInt32LE(half, item + 4);
    const cut = Buffer.concat([bytes.subarray(0, item + 8 + half), Buffer.from('feffdde000000000', 'hex')]);
    expect(await code(() => parseDicom(cut).pixels())).toMatchObject({ code: 'dicom/bad-pixels' });
  });

  it('refuses code streams whose size differs from the attributes', async () => {
    const bytes = await readFile(fixture('jpeg-2000-i16.dcm'));
    bytes.writeUInt16LE(22, bytes.indexOf(Buffer.from('28001000', 'hex')) + 8);
    expect(await code(() => parseDicom(bytes).pixels())).toMatchObject({
      code: 'dicom/bad-pixels',
      message: expect.stringContaining('21 x 30, the attributes say 22 x 30'),
    });
  });

  it('continues to decode after a decoder failed', async () => {
    const good = await readFile(fixture('jpeg-2000-i16.dcm'));
    const broken = Buffer.from(good);
    const data = broken.indexOf(Buffer.from('ff93', 'hex'), broken.indexOf(Buffer.from('ff4fff51', 'hex')));
    broken.fill(0xff, data + 2, data + 60);
    for (let i = 0; i < 3; i++) await code(() => parseDicom(broken).pixels());
    expect((await parseDicom(good).pixels()).data).toHaveLength(630);
  });

  it('reads back the data set of encode()', () => {
    expect(parseDicom(Buffer.concat([encode([['00080060', 'CS', 'CT']])])).attributes.Modality).toBe('CT');
  });
});
