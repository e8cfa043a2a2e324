import { LABELS, type Label } from '@ichor/tables';
import { eachSeries, type SeriesOrder } from './series-order.js';

/** One column of targets (probabilities, 0 to 1) for each label. */
export type Targets = Readonly<Record<Label, Float32Array>>;

/** The soft target of a negative slice between two positive slices. */
export const SOFT_TARGET = 0.3;

function targets(make: (label: Label) => Float32Array): Targets {
  const [any, epidural, subdural, subarachnoid, intraventricular, intraparenchymal] = LABELS;
  return {
    [any]: make(any),
    [epidural]: make(epidural),
    [subdural]: make(subdural),
    [subarachnoid]: make(subarachnoid),
    [intraventricular]: make(intraventricular),
    [intraparenchymal]: make(intraparenchymal),
  };
}

/** 1 for each positive label of a slice, else 0. `labels[i]` are the positive labels separated by spaces. */
export function hardTargets(labels: readonly string[]): Targets {
  const hard = targets(() => new Float32Array(labels.length));
  for (const [row, text] of labels.entries()) {
    if (text === '') continue;
    const present: ReadonlySet<string> = new Set(text.split(' '));
    for (const label of LABELS) if (present.has(label)) hard[label][row] = 1;
  }
  return hard;
}

/** Unknown targets: NaN, a null in the table. */
export function unknownTargets(rows: number): Targets {
  return targets(() => new Float32Array(rows).fill(NaN));
}

/**
 * Soft targets: within a series, for each label, every slice between the first and the last positive one that is not
 * positive itself gets 0.3.
 */
export function softTargets(order: SeriesOrder, hard: Targets): Targets {
  return targets((label) => {
    const soft = hard[label].slice();
    for (const series of eachSeries(order)) {
      const first = series.findIndex((row) => soft[row] === 1);
      if (first === -1) continue;
      const last = series.findLastIndex((row) => soft[row] === 1);
      for (const row of series.subarray(first, last)) if (soft[row] !== 1) soft[row] = SOFT_TARGET;
    }
    return soft;
  });
}

/** Smoothed targets: the mean over a slice and its neighbours in the series (two at the ends, one alone). */
export function smoothedTargets(order: SeriesOrder, hard: Targets): Targets {
  return targets((label) => {
    const values = hard[label];
    const smooth = new Float32Array(values.length);
    for (const series of eachSeries(order)) {
      for (const [i, row] of series.entries()) {
        const around = series.subarray(Math.max(0, i - 1), i + 2);
        let sum = 0;
        for (const near of around) sum += values[near]!;
        smooth[row] = sum / around.length;
      }
    }
    return smooth;
  });
}
