import { html, lineChart, mostSeries, seriesColor, type Html, type Series } from '@ichor/report';
import type { LearningCurve } from '../predictions/learning-curves.js';

/** Validation loss by epoch, for each of the first models the mean of its folds. */
export function validationChart(curves: readonly LearningCurve[], description: string): Html {
  return chart(
    modelsOf(curves),
    (model) => [{ name: model, points: meanOf(curves, model, 'validation'), dots: true }],
    'validation loss',
    description,
  );
}

/** Training loss (dashed) and validation loss by epoch, for each of the first models the mean of its folds. */
export function learningChart(curves: readonly LearningCurve[], description: string): Html {
  return chart(
    modelsOf(curves),
    (model, index) => {
      const color = seriesColor('', index);
      return [
        { name: model, points: meanOf(curves, model, 'validation'), dots: true, color },
        {
          name: `${model}, training`,
          points: meanOf(curves, model, 'training'),
          dashed: true,
          unlisted: true,
          color,
        },
      ];
    },
    'loss',
    description,
    'Solid: validation, dashed: training.',
  );
}

function chart(
  models: readonly string[],
  seriesOf: (model: string, index: number) => Series[],
  y: string,
  description: string,
  explanation = '',
): Html {
  if (models.length === 0) return html`<p class="faint">No training has written metrics.</p>`;
  const shown = models.slice(0, mostSeries);
  const series = shown.flatMap(seriesOf);
  const left = models.length - shown.length;
  return html`${lineChart({ series, x: 'epoch', y, description, wholeX: true })}
    <p class="faint">
      ${explanation} ${left === 0 ? '' : `The ${shown.length} best networks; ${left} more are not drawn.`}
    </p>`;
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
