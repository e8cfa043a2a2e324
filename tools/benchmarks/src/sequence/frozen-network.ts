import { baseModelSchema } from '@ichor/base-model';
import { readFoldRecord } from '@ichor/experiment';
import { IchorError, present } from '@ichor/files';
import { createEngine } from '@ichor/runtime';
import { predictFold, trainFold } from '@ichor/training';

export interface FrozenPredictions {
  /** `fold<K>.json` of a network that was trained on other patients. */
  readonly record: string;
  /** The name that its predictions get. */
  readonly name: string;
  readonly root: string;
  readonly folds: readonly number[];
}

/** Predicts every fold with one trained network as it is, one pass, and keeps its feature vectors. What is there stays. */
export async function predictFrozen({ record, name, root, folds }: FrozenPredictions): Promise<void> {
  const trained = await readFoldRecord(record);
  if (trained?.kind !== 'base-model') {
    throw new IchorError({
      code: 'benchmarks/arguments',
      reason: 'this is no record of a trained network',
      file: record,
      remedy: 'name the fold<K>.json that training and prediction of a base model left',
    });
  }
  const model = {
    ...baseModelSchema.parse({ ...trained.settings, name, features: true, epochs: 0 }),
    pretrained: present(trained.parts['weights']),
    testTime: { kind: 'plain' as const },
  };
  const engine = await createEngine('onnxruntime', { provider: 'cpu', threads: 1 });
  for (const fold of folds) {
    const options = { model, fold, root, engine };
    await trainFold(options);
    await predictFold(options);
  }
}
