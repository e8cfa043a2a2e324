import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { BundleManifest } from '@ichor/bundle';
import { generateSet, setLayout } from '@ichor/phantom';
import type { StudyPrediction } from '@ichor/predict';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PhantomScores } from './scores.js';

const set = { seed: 3, patients: 0, testPatients: 1, size: 32, prevalence: 1 };
let folder: string;
let ids: readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-scores-'));
  await generateSet({ ...set, out: folder, broken: false, workers: 1 });
  ids = (await readdir(setLayout(folder).testImages)).map((name) => basename(name, '.dcm'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A bundle with one label, as far as scores need it. */
const scoresOf = (threshold: number | null) => {
  const manifest = { labels: ['any'], thresholds: [threshold === null ? null : { threshold }] };
  return new PhantomScores(manifest as unknown as BundleManifest, set);
};
/** Every slice is positive with certainty and without a heat map. */
const prediction = (values: Record<string, unknown>) =>
  ({
    slices: ids.map((sopInstanceUid) => ({ slice: { sopInstanceUid }, calibrated: [1] })),
    calibrated: [1],
    values,
  }) as unknown as StudyPrediction;

it('refuses slices whose pixels have no size', () => {
  expect(() => scoresOf(0.5).add(prediction({}))).toThrow('PixelSpacing');
});

it('says how many positive slices have no heat map, and that a bundle has no threshold', () => {
  const scores = scoresOf(0.5);
  scores.add(prediction({ PixelSpacing: [0.5, 0.5] }));
  const [, all, without] =
    /of (\d+) positive slices .* \((\d+) of them have no map\)/.exec(scores.table()) ?? [];
  expect(Number(all)).toBeGreaterThan(0);
  expect(without).toBe(all);
  const open = scoresOf(null);
  open.add(prediction({ PixelSpacing: [0.5, 0.5] }));
  expect(open.table()).toContain('the bundle has no threshold');
});
