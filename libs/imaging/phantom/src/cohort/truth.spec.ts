import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MASK_BIT } from '../render/rendered-slice.js';
import { generateSet, setLayout } from './generate.js';
import { studyTruth } from './truth.js';

const options = { seed: 5, patients: 1, testPatients: 2, size: 64, prevalence: 1, sliceSpacing: 20 };
let out: string;

/** ID and areas of the five kinds, mm². */
async function areas(bleedSize?: number): Promise<Map<string, number[]>> {
  const folder = join(out, String(bleedSize));
  await generateSet({ ...options, bleedSize, out: folder, broken: false, workers: 1 });
  const [, ...rows] = (await readFile(setLayout(folder).testAreas, 'utf8')).trim().split('\n');
  return new Map(rows.map((row) => row.split(',')).map(([id, ...values]) => [id!, values.map(Number)]));
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('studyTruth', () => {
  beforeAll(async () => {
    out = await mkdtemp(join(tmpdir(), 'ichor-truth-'));
  });
  afterAll(() => rm(out, { recursive: true }));

  it('knows the kinds of each slice of the files, and where they are', async () => {
    const written = await areas();
    const [first] = written.keys();
    const truth = studyTruth(options, 'test', first!)!;
    expect(truth.size).toBeGreaterThan(2);
    // Columns of the file: epidural, intraparenchymal, intraventricular, subarachnoid, subdural.
    const kinds = Object.keys(MASK_BIT);
    for (const [id, { width, height, mask, kinds: found }] of truth) {
      expect([width, height, mask.length]).toEqual([64, 64, 64 * 64]);
      expect(found).toEqual(kinds.filter((_, k) => written.get(id)![k]! >= 25));
      for (const kind of found) {
        expect(mask.some((bits) => (bits & MASK_BIT[kind]) !== 0)).toBe(true);
      }
    }
  });

  it('has no slice of another set', () => {
    expect(studyTruth(options, 'train', 'ID_000000000')).toBeUndefined();
  });

  it('finds more blood where bleeds are larger', async () => {
    const blood = async (bleedSize?: number) => sum([...(await areas(bleedSize)).values()].flat());
    const [asDrawn, larger] = [await blood(1), await blood(3)];
    expect(larger).toBeGreaterThan(1.5 * asDrawn);
  });
});
