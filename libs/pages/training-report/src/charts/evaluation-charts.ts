import { reliabilityChart, rocChart, seriesColor, type Html } from '@ichor/report';
import type { Evaluation } from '../predictions/evaluation.js';

/** A curve for each against the diagonal of chance; those without both classes have none. */
export function rocOf(all: readonly Evaluation[], description: string): Html {
  return rocChart(
    all.filter(({ roc }) => roc.length > 0).map(({ name, roc }) => ({ name, points: roc })),
    description,
  );
}

/** Observed frequencies in ten bins of equal width, with the expected calibration error in the legend. */
export function reliabilityOf(all: readonly Evaluation[], description: string): Html {
  const curves = all.map(({ name, reliability, calibrationError }, index) => ({
    name: `${name}, error ${calibrationError.toFixed(4)}`,
    points: reliability,
    color: seriesColor(name, index),
  }));
  return reliabilityChart(curves, description);
}
