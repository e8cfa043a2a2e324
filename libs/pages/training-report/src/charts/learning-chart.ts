import { html, lineChart, seriesColor, type Html, type Series } from '@ichor/report';
import type { LearningCurve } from '../predictions/learning-curves.js';

/** Validation loss by epoch, for each model the mean of its folds. */
export function validationChart(curves: readonly LearningCurve[], description: string): Html {
  return chart(
    modelsOf(curves).map((model) => ({
      name: model,
      points: meanOf(curves, model, 'validation'),
      dots: true,
    })),
    'validation loss',
    description,
  );
}

/** Training loss (dashed) and validation loss by epoch, for each model the mean of its folds. */
export function learningChart(curves: readonly LearningCurve[], description: string): Html {
  return chart(
    modelsOf(curves).flatMap((model, index): Series[] => {
      const color = seriesColor('', index);
      return [
        { name: `${model}, validation`, points: meanOf(curves, model, 'validation'), dots: true, color },
        { name: `${model}, training`, points: meanOf(curves, model, 'training'), dashed: true, color },
      ];
    }),
    'loss',
    description,
  );
}

function chart(series: readonly Series[], y: string, description: string): Html {
  if (series.length === 0) return html`<p class="faint">No training has written metrics.</p>`;
  return lineChart({ series, x: 'epoch', y, description, wholeX: true });
}

function modelsOf(curves: readonly LearningCurve[]): string[] {
  return [...new Set(curves.map(({ model }) => model))];
}

/** Epochs count from 1 in pictures; a fold that stopped earlier counts as far as it went. */
function meanOf(curves: readonly LearningCurve[], model: string, loss: 'training' | 'validation') {
  const folds = curves.filter((curve) => curve.model === model);
  const epochs = Math.max(...folds.map((fold) => fold.epochs.length));
  return Array.from({ length: epochs }, (_, epoch) => {
    const values = folds.flatMap((fold) => fold.epochs[epoch]?.[loss] ?? []);
    return [epoch + 1, values.reduce((sum, value) => sum + value, 0) / values.length] as const;
  });
}
