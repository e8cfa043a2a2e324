import { join } from 'node:path';
import { Progress, type Terminal } from '@ichor/cli';
import { generateSet } from '@ichor/phantom';

/** What the demo makes small; everything else is as in the real pipeline. */
export const demo = {
  patients: 72,
  testPatients: 10,
  /** Pixels of a side of the files. */
  size: 128,
  /** mm from slice to slice: with few slices a head, many heads, which is what networks learn from. */
  sliceSpacing: 10,
  prevalence: 0.8,
  seed: 1,
  folds: [0, 1],
} as const;

export interface DemoSize {
  readonly patients: number;
  readonly testPatients: number;
}

export function whatIsSmall({ patients, testPatients }: DemoSize): string[] {
  return [
    `${patients} synthetic patients to train on and ${testPatients} to test, instead of 17,079 and 3,518 real ones`,
    `a slice every ${demo.sliceSpacing} mm of ${demo.size} x ${demo.size} pixels, and smaller images for the networks (see the configuration demo of each app)`,
    `${demo.folds.length} folds instead of 5, one epoch of 128 slices, from random weights instead of ImageNet's`,
    'so the figures say that the machinery works, and nothing about patients',
  ];
}

/** Makes the synthetic set, or finds that it is there. */
export async function makeDemoData(
  root: string,
  { patients, testPatients }: DemoSize,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const { size, sliceSpacing, prevalence, seed } = demo;
  const total = patients + testPatients;
  const progress = new Progress({ label: 'phantom data', total, unit: 'patients', terminal });
  const set = await generateSet({
    out: root,
    patients,
    testPatients,
    size,
    seed,
    prevalence,
    sliceSpacing,
    broken: false,
    signal,
    onPatient: () => progress.advance(),
  });
  progress.finish(
    `${set.slices} synthetic slices of ${set.patients} patients in ${join(root, 'input')}` +
      (set.reused ? ' (as they were)' : ''),
  );
}
