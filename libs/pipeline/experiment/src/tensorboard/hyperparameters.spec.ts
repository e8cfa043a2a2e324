import { expect, it } from 'vitest';
import { hyperparametersOf } from './hyperparameters.js';

it('flattens settings', () => {
  const settings = {
    name: 'net',
    epochs: 2,
    features: false,
    limit: undefined,
    mixup: null,
    augmentation: { crop: { area: [0.5, 1] } },
  };
  expect(hyperparametersOf(settings)).toEqual({
    name: 'net',
    epochs: 2,
    features: false,
    'augmentation.crop.area': '[0.5,1]',
  });
});
