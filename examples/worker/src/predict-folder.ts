import { openBundle } from '@ichor/bundle';
import { planStudies } from '@ichor/intake';
import { phantomBundle } from '@ichor/phantom-bundle';
import { StudyPredictor } from '@ichor/predict';
import type { Answer } from './messages.js';

/** Predicts the studies of a folder with the small bundle that was trained on synthetic heads. */
export async function* predictFolder(folder: string): AsyncGenerator<Answer> {
  const predictor = new StudyPredictor(await openBundle(phantomBundle), { provider: 'cpu', threads: 1 });
  const { studies, close } = await planStudies([folder]);
  try {
    for (const plan of studies) {
      const { calibrated } = await predictor.predict(plan);
      yield { study: plan.studyInstanceUid, probabilities: calibrated };
    }
  } finally {
    close();
    await predictor.close();
  }
  yield { done: true };
}
