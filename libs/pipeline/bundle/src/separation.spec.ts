import { describe, expect, it } from 'vitest';
import { decisionsOf, separationOf, separationWarning } from './separation.js';

const threshold = (value: number) => ({
  threshold: value,
  wanted: 0.95,
  sensitivity: 1,
  specificity: 0.5,
  positives: 20,
  negatives: 20,
});
/** 40 studies, 20 of them positive; the last label was never positive. */
const manifest = {
  labels: ['any', 'epidural', 'subdural', 'subarachnoid'],
  studyAuc: [0.9, 0.55, 0.2, null],
  training: {
    studies: 40,
    slices: 400,
    patients: 40,
    evaluatedStudies: 40,
    positiveStudies: [20, 20, 20, 0],
    data: [],
  },
  thresholds: [threshold(0.5), threshold(0.5), threshold(0.5), null],
};

describe('separationOf', () => {
  it('asks that the whole interval lies above 0.5', () => {
    const [any, epidural, subdural, subarachnoid] = separationOf(manifest);
    expect(any!.separates).toBe(true);
    // 0.55 of 20 and 20: its standard error is about 0.09, so that 0.5 is within.
    expect(epidural!.auc!.low).toBeLessThan(0.5);
    expect(epidural!.auc!.high).toBeGreaterThan(0.5);
    expect(epidural!.separates).toBe(false);
    // Worse than chance is not a separation either.
    expect(subdural!.auc!.high).toBeLessThan(0.5);
    expect(subdural!.separates).toBe(false);
    expect(subarachnoid).toMatchObject({ auc: null, positives: 0, negatives: 40, separates: false });
  });

  it('does not trust a perfect area of two studies', () => {
    const few = { ...manifest, studyAuc: [1, 1, 1, 1] };
    const training = { ...manifest.training, evaluatedStudies: 2, positiveStudies: [1, 1, 1, 1] };
    expect(separationOf({ ...few, training }).map(({ separates }) => separates)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('decisionsOf', () => {
  it('decides only where the bundle separates', () => {
    expect(decisionsOf(manifest, [0.9, 0.9, 0.9, 0.9])).toEqual([true, null, null, null]);
    expect(decisionsOf(manifest, [0.4, 0.9, 0.9, 0.9])).toEqual([false, null, null, null]);
  });
});

describe('separationWarning', () => {
  it('names the labels and their intervals', () => {
    const text = separationWarning(manifest)!;
    expect(text).toContain('does not separate 3 of 4 labels');
    expect(text).toMatch(/epidural \(0\.55, 95 % interval 0\.\d\d to 0\.\d\d, 20 positive, 20 negative\)/);
    expect(text).toContain('subarachnoid (not measured: 0 positive, 40 negative)');
    expect(text).not.toContain('any (');
  });

  it('says so of all, and nothing where all are separated', () => {
    expect(separationWarning({ ...manifest, studyAuc: [0.5, 0.5, 0.5, 0.5] })).toContain(
      'separates no kind of hemorrhage',
    );
    const good = { ...manifest, studyAuc: [0.9, 0.9, 0.9, 0.9] };
    const training = { ...manifest.training, positiveStudies: [20, 20, 20, 20] };
    expect(separationWarning({ ...good, training })).toBeUndefined();
  });
});
