import type { Html } from '../html.js';
import { lineChart, type Series } from './line-chart.js';

/** Points of a receiver operating characteristic: false positive rate, sensitivity, both 0..1. */
export interface RocCurve {
  readonly name: string;
  readonly points: readonly (readonly [falsePositiveRate: number, sensitivity: number])[];
}

const chance: Series = { name: 'chance', points: [[0, 0], [1, 1]], color: 'var(--chance)', dashed: true }; // prettier-ignore

/** Receiver operating characteristics with the diagonal of chance. */
export function rocChart(curves: readonly RocCurve[], description: string): Html {
  return lineChart({
    series: [...curves, chance],
    x: 'false positive rate (1 - specificity)',
    y: 'sensitivity',
    description,
    xDomain: [0, 1],
    yDomain: [0, 1],
  });
}

/** Bins of a reliability diagram: mean prediction and observed frequency, both 0..1. */
export interface ReliabilityCurve {
  readonly name: string;
  readonly points: readonly (readonly [predicted: number, observed: number])[];
  readonly color?: string;
}

/** Reliability diagram: a calibrated model lies on the diagonal. */
export function reliabilityChart(curves: readonly ReliabilityCurve[], description: string): Html {
  return lineChart({
    series: [
      ...curves.map((curve) => ({ ...curve, dots: true })),
      { ...chance, name: 'perfectly calibrated' },
    ],
    x: 'predicted probability',
    y: 'observed frequency',
    description,
    xDomain: [0, 1],
    yDomain: [0, 1],
  });
}
