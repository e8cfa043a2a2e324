import type { BaseModel } from '@ichor/base-model';

/** What the two losses of an epoch are computed of, in words: they are not the same quantity. */
export interface LossDescriptions {
  readonly training: string;
  readonly validation: string;
}

const targetWords: Readonly<Record<BaseModel['targets'], string | undefined>> = {
  hard: undefined,
  custom: 'soft targets',
  smooth: 'smoothed targets',
};

export function describeLosses(model: BaseModel): LossDescriptions {
  const loss = model.lossWeights === 'metric' ? 'weighted cross-entropy' : 'cross-entropy';
  const augmented = Object.keys(model.augmentation).length > 0 || model.windowJitter !== undefined;
  const words = (...all: readonly (string | undefined)[]) =>
    [loss, ...all.filter((word) => word !== undefined)].join(', ');
  return {
    training: words(
      augmented ? 'augmented slices' : 'plain slices',
      model.mixup && 'mixup',
      targetWords[model.targets],
    ),
    validation: words(
      model.testTime.kind === 'random' ? 'one random pass' : 'plain slices',
      'hard targets',
      model.weightAveraging === undefined ? undefined : 'averaged weights',
    ),
  };
}
