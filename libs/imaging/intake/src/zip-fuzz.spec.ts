import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IchorError } from '@ichor/files';
import { RandomStream } from '@ichor/files/random';
import { expect, it } from 'vitest';
import { planStudies } from './index.js';
import { makeSlice } from './testing/made-up-slice.js';
import { makeZip } from './testing/made-up-zip.js';
import { openZip } from './zip.js';

const archives = 200;

const slices = [1, 2, 3].map((slice) =>
  makeSlice({ InstanceNumber: slice, ImagePositionPatient: [0, 0, 5 * slice] }),
);
const whole = makeZip(slices.map((content, index) => ({ name: `ct/${index}.dcm`, content })));

/** One to four bytes changed, a piece cut out, doubled or zeroed, or the end cut off; half of it in the directory. */
function mutate(random: RandomStream): Buffer {
  const directory = whole.indexOf('PK\x01\x02');
  const from = random.next() < 0.5 ? directory : 0;
  const at = from + random.integer(whole.length - from);
  const length = 1 + random.integer(64);
  const bytes = Buffer.from(whole);
  switch (random.integer(5)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    case 3:
      return bytes.fill(0, at, Math.min(at + length, bytes.length));
    default:
      for (let count = 1 + random.integer(4); count > 0; count--)
        bytes[Math.min(at + random.integer(8), bytes.length - 1)] = random.integer(256);
      return bytes;
  }
}

/** Bytes that pass the checksum of the archive are the slice; every other case is a typed error. */
it(
  `reads ${archives} mutated archives: slices, or errors that name the file`,
  { timeout: 60_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ichor-zip-fuzz-'));
    const random = new RandomStream('zip fuzz');
    const ends = { refused: 0, entries: 0, bad: 0 };
    for (let index = 0; index < archives; index++) {
      const path = join(folder, `${index}.zip`);
      await writeFile(path, mutate(random));
      try {
        const { found, close } = await openZip(path);
        for (const one of found) {
          if ('leftOut' in one) continue;
          for (const read of [() => one.source.first(64), () => one.source.read()]) {
            try {
              ends.entries += 1;
              expect((await read()).length).toBeLessThanOrEqual(one.source.size);
            } catch (cause) {
              expect(cause).toBeInstanceOf(IchorError);
              expect(cause).toMatchObject({ file: one.source.name });
              ends.bad += 1;
            }
          }
        }
        close();
      } catch (cause) {
        expect(cause).toBeInstanceOf(IchorError);
        expect(cause).toMatchObject({ code: 'intake/bad-zip', file: path });
        ends.refused += 1;
      }
      // The command reads the same: nothing is thrown.
      (await planStudies([path])).close();
    }
    // Both outcomes occur, so that the test is not empty.
    expect(ends.refused).toBeGreaterThan(10);
    expect(ends.entries).toBeGreaterThan(100);
    expect(ends.bad).toBeGreaterThan(10);
  },
);
