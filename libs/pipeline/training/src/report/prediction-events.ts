import type { FoldReport } from '@ichor/experiment';
import type { PredictionEvents } from '../predict/predict-fold.js';

/** Shows a prediction. */
export function predictionEvents(report: FoldReport): PredictionEvents {
  return {
    message: (text) => report.message(text),
    warning: (text) => report.warning(text),
    begin: (set, slices) => report.begin(`predicting ${set}`, 'slices', { total: slices }),
    predicted: (slices) => report.advance(slices),
    unreadable: (slice) => report.leaveOut(slice),
  };
}
