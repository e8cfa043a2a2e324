export interface ModelEntry {
  readonly name: string;
  /** Models whose predictions it combines; none for a base model. */
  readonly inputs: readonly string[];
}

export interface Level {
  readonly title: string;
  readonly models: readonly ModelEntry[];
}

export interface SubmissionConfig {
  /** From the images upwards. */
  readonly levels: readonly Level[];
  /** The model that is submitted. */
  readonly final: string;
  /** Probabilities are clipped to [clip, 1 - clip], in the file and in the losses. */
  readonly clip: number;
  /** Resamples of the patients for an interval. */
  readonly bootstrap: { readonly loss: number; readonly auc: number; readonly seed: number };
}

const singleSlice = [
  'model-base',
  'se-resnext-410',
  'se-resnext101-mixup',
  'senet154-customlabels',
  'efficientnet-b3',
  'inception-resnet-v2',
  'inception-v4',
  'xception',
];
const withFeatures = [
  'densenet201-adjacent',
  'se-resnext50-label-smoothing',
  'se-resnext50-label-smoothing-without-any',
];
const strongest = [
  'efficientnet-b3',
  'se-resnext50-label-smoothing',
  'se-resnext50-label-smoothing-without-any',
  'senet154-customlabels',
  'se-resnext101-mixup',
  'se-resnext-410',
  'model-base',
  'densenet201-adjacent',
];

export const config: SubmissionConfig = {
  levels: [
    {
      title: 'Base models',
      models: [...singleSlice, ...withFeatures].map((name) => ({ name, inputs: [] })),
    },
    {
      title: 'First level of stacking',
      models: [
        { name: 'cnn-stacking-1', inputs: singleSlice },
        {
          name: 'cnn-stacking-2',
          inputs: [
            'densenet201-adjacent',
            'se-resnext101-mixup',
            'senet154-customlabels',
            'model-base',
            'inception-resnet-v2',
            'inception-v4',
            'xception',
          ],
        },
        { name: 'lgbm-stacking-1', inputs: strongest },
        { name: 'mlp-stacking', inputs: strongest },
      ],
    },
    {
      title: 'Second level of stacking',
      models: [
        {
          name: 'lgbm-stacking-2',
          inputs: ['cnn-stacking-1', 'cnn-stacking-2', 'lgbm-stacking-1', 'mlp-stacking'],
        },
      ],
    },
  ],
  final: 'lgbm-stacking-2',
  clip: 1e-6,
  bootstrap: { loss: 1000, auc: 200, seed: 10 },
};
