import { join } from 'node:path';
import { Progress, type Terminal } from '@ichor/cli';
import { generateSet, type CohortOptions } from '@ichor/phantom';

/** Settings that make the demo small or easy; everything else is as in the real pipeline. */
export const demo = {
  patients: 90,
  testPatients: 24,
  /** Pixels of a side of the files. */
  size: 128,
  /** mm from slice to slice: with few slices a head, many heads, which is what networks learn from. */
  sliceSpacing: 10,
  /** Factor of the extent of bleeds: on 32 pixels and after a minute of training, ordinary ones are hard to see. */
  bleedSize: 3,
  prevalence: 0.7,
  seed: 1,
  folds: [0, 1],
} as const;

export interface DemoSize {
  readonly patients: number;
  readonly testPatients: number;
}

/** The synthetic set of the demo. */
export function demoSet({ patients, testPatients }: DemoSize): CohortOptions {
  const { size, sliceSpacing, bleedSize, prevalence, seed } = demo;
  return { patients, testPatients, size, sliceSpacing, bleedSize, prevalence, seed };
}

export function whatIsSmall({ patients, testPatients }: DemoSize): string[] {
  return [
    `${patients} synthetic patients to train on and ${testPatients} to test, instead of 17,079 and 3,518 real ones`,
    `easy heads: bleeds ${demo.bleedSize} times as large as the phantom draws them otherwise`,
    `a slice every ${demo.sliceSpacing} mm of ${demo.size} x ${demo.size} pixels, and smaller images for the networks (see the configuration demo of each app)`,
    `${demo.folds.length} folds instead of 5, one epoch or two, from random weights instead of ImageNet's (the recipe from-scratch)`,
    'so the figures show that training works, and say nothing about patients',
  ];
}

/** Makes the synthetic set, or finds that it is there. */
export async function makeDemoData(
  root: string,
  set: CohortOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const total = set.patients + set.testPatients;
  const progress = new Progress({ label: 'phantom data', total, unit: 'patients', terminal });
  const made = await generateSet({
    ...set,
    out: root,
    broken: false,
    signal,
    onPatient: () => progress.advance(),
  });
  progress.finish(
    `${made.slices} synthetic slices of ${made.patients} patients in ${join(root, 'input')}` +
      (made.reused ? ' (as they were)' : ''),
  );
}
