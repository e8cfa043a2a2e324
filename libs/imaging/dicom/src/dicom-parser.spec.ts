import dicomParser from 'dicom-parser';
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { RandomStream } from '@ichor/files/random';
import { describe, expect, it } from 'vitest';
import { withDicomParser } from './dicom-parser.js';
import { DicomError } from './error.js';
import { mutate } from './fuzz/mutate.js';
import { readDicomHeader } from './node/header.js';
import type { DataSetParser } from './parse/data-set.js';
import { readDicom } from './node/read.js';
import { parseDicom } from './read.js';
import { encode } from './testing/build.js';
import { fixture, fixtures } from './testing/fixtures.js';
import { between, flaws, hex } from './testing/flaws.js';

describe('dicom-parser as the parser', () => {
  it.each(fixtures)('$file: reads the same as the parser of this package', async ({ file, frames }) => {
    const ours = await readDicom(fixture(file));
    const theirs = await readDicom(fixture(file), { parser: withDicomParser });
    expect(theirs.attributes).toEqual(ours.attributes);
    expect(theirs.values()).toEqual(ours.values());
    for (let frame = 0; frame < frames; frame++) {
      expect(await theirs.pixels(frame)).toEqual(await ours.pixels(frame));
    }
    const { attributes } = await readDicomHeader(fixture(file), { parser: withDicomParser });
    expect(attributes).toEqual(ours.attributes);
  });
});

/** The result of reading a file: the right numbers, other numbers, or none. */
type Outcome = 'read' | 'refused' | 'other values';

async function withOption(bytes: Buffer): Promise<Outcome> {
  try {
    const file = parseDicom(bytes, { parser: withDicomParser });
    const { data } = await file.hounsfield();
    file.values();
    return String(data) === '-1024,0,40,976' && file.attributes.Modality === 'CT' ? 'read' : 'other values';
  } catch (cause) {
    expect(cause).toBeInstanceOf(DicomError);
    return 'refused';
  }
}

/** `dicomParser.parseDicom` without changes, with the numbers that a slice needs. */
function alone(bytes: Buffer): Outcome {
  try {
    const inflater = (all: Uint8Array, position: number) =>
      Buffer.concat([all.subarray(0, position), inflateRawSync(all.subarray(position))]);
    const file = dicomParser.parseDicom(bytes, { inflater });
    const pixels = file.elements['x7fe00010'];
    if (pixels === undefined) return 'refused';
    const stored = [0, 1, 2, 3].map((at) => file.uint16('x7fe00010', at));
    const right =
      String(stored) === '0,1024,1064,2000' &&
      pixels.length === 8 &&
      file.floatString('x00281052') === -1024 &&
      file.floatString('x00281053') === 1 &&
      file.string('x00080060') === 'CT';
    return right ? 'read' : 'other values';
  } catch {
    return 'refused';
  }
}

/** Rows of the table of the decision page: name, the result of dicom-parser alone, and the result with the option. */
function documented(): string[][] {
  const page = readFileSync(new URL('../../../../docs/decisions/dicom-parser.md', import.meta.url), 'utf8');
  return [...page.matchAll(/^\| (.+?) +\| (read|refused|other values) +\| (read|refused) +\|$/gm)].map(
    ([, ...cells]) => cells,
  );
}

describe('files that dicom-parser cannot read', () => {
  const long = (vr: string) => between(encode([['00091010', vr, hex('0100000000000000')]]));
  const further: [string, Buffer][] = [
    ...['OV', 'SV', 'UV'].map((vr): [string, Buffer] => [`64-bit integers, ${vr}`, long(vr)]),
    [
      'an element twice',
      between(
        encode([
          ['00281052', 'DS', '5 '],
          ['00091010', 'LO', 'twice'],
        ]),
      ),
    ],
  ];

  it('is listed in docs/decisions/dicom-parser.md; none of it gives other values with the option', async () => {
    const measured: string[][] = [];
    for (const [name, bytes] of [...flaws, ...further]) {
      measured.push([name.replaceAll(/ +/g, ' '), alone(bytes), await withOption(bytes)]);
    }
    expect(documented()).toEqual(measured);
  });

  it('never gives other values: 3,000 mutated files are read alike or refused', async () => {
    const sources = fixtures.map(({ file }) => readFileSync(fixture(file)));
    const outcomes = { alike: 0, refused: 0 };
    for (let index = 0; index < 3000; index++) {
      const random = new RandomStream('dicom-parser', 7, index);
      const { bytes, how } = mutate(sources[index % sources.length]!, random, sources);
      const read = contents(bytes, withDicomParser);
      if (read instanceof DicomError) outcomes.refused++;
      else {
        outcomes.alike++;
        expect(read, `${index}: ${how}`).toEqual(contents(bytes));
      }
    }
    expect(Math.min(outcomes.alike, outcomes.refused)).toBeGreaterThan(300);
  });
});

function contents(bytes: Buffer, parser?: DataSetParser) {
  try {
    const file = parseDicom(bytes, parser && { parser });
    return { attributes: file.attributes, values: file.values() };
  } catch (cause) {
    if (cause instanceof DicomError) return cause;
    throw cause;
  }
}
