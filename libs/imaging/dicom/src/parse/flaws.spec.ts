import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDicomHeader } from '../node/header.js';
import { parseDicom } from '../read.js';
import { encode, words } from '../testing/build.js';
import {
  behind,
  between,
  flaws,
  head,
  hex,
  image,
  itemOf,
  metaOf,
  start,
  undefinedLength,
} from '../testing/flaws.js';

describe('a flaw in an element that is not requested', () => {
  it.each(flaws)('%s', async (_, bytes) => {
    const read = parseDicom(bytes);
    expect([...(await read.hounsfield()).data]).toEqual([-1024, 0, 40, 976]);
    expect(read.attributes).toMatchObject({
      Modality: 'CT',
      SeriesInstanceUID: '1.2.3',
      RescaleIntercept: -1024,
    });
    expect(() => [read.values(), read.metaValues()]).not.toThrow();
    const path = join(await mkdtemp(join(tmpdir(), 'ichor-dicom-')), 'flaw.dcm');
    await writeFile(path, bytes);
    expect((await readDicomHeader(path)).attributes).toEqual(read.attributes);
  });

  it('does not end the header too early when the file is read in chunks', async () => {
    // The private sequence is longer than the first 16 KiB and full of delimiters.
    const inner = undefinedLength('OB', itemOf(Buffer.from('abcd')));
    const long = undefinedLength('SQ', itemOf(Buffer.concat(Array.from({ length: 1000 }, () => inner))));
    const path = join(await mkdtemp(join(tmpdir(), 'ichor-dicom-')), 'long.dcm');
    await writeFile(path, between(long));
    expect((await readDicomHeader(path)).attributes).toEqual(parseDicom(between(long)).attributes);
  });

  it('leaves an unreadable value as bytes', () => {
    const text = Buffer.from('no sequence at all, text');
    expect(
      parseDicom(between(encode([['00081140', 'UN', text]]))).values()['ReferencedImageSequence'],
    ).toEqual(new Uint8Array(text));
  });

  it('reads compressed pixels whose last fragment ends the file, but refuses half of a fragment', async () => {
    const pixels = Buffer.concat([
      hex('e07f1000 4f57 0000 ffffffff'),
      itemOf(Buffer.alloc(0)),
      itemOf(Buffer.from(words(0, 1024, 1064, 2000))),
    ]);
    const raw = Buffer.concat([
      metaOf('1.2.840.10008.1.2.1.98'),
      encode([...start, ...image.slice(0, -1)]),
      pixels,
    ]);
    expect([...(await parseDicom(raw).hounsfield()).data]).toEqual([-1024, 0, 40, 976]);
    expect(() => parseDicom(raw.subarray(0, -2))).toThrow(
      expect.objectContaining({ code: 'dicom/truncated' }),
    );
  });
});

describe('a flaw in a requested element', () => {
  it.each([
    ['pixels cut off', behind(Buffer.alloc(0)).subarray(0, -2), 'dicom/truncated', 'copy the file again'],
    [
      'bytes that are no element before the pixels',
      between(Buffer.from('these are no elements')),
      'dicom/malformed',
      'export the file again',
    ],
  ])('%s', (_, bytes, code, remedy) => {
    expect(() => parseDicom(bytes)).toThrow(
      expect.objectContaining({ code, remedy: expect.stringContaining(remedy) }),
    );
  });

  it('is a missing scale where the functional groups cannot be read', async () => {
    const groups = Buffer.concat([
      hex('00522992'),
      Buffer.from('SQ'),
      hex('0000 04000000'),
      Buffer.from('abcd'),
    ]);
    const bytes = Buffer.concat([
      head,
      encode([...start, ...image.filter(([tag]) => !tag.startsWith('002810') && tag !== '7fe00010')]),
      groups,
      encode(image.slice(-1)),
    ]);
    await expect(parseDicom(bytes).hounsfield()).rejects.toMatchObject({ code: 'dicom/missing-attribute' });
  });
});
