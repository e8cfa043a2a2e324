import { describe, expect, it } from 'vitest';
import { tinyModel } from '../testing/tiny-model.js';
import { influences, trainingSettings } from './influence.js';
import { baseModelSchema } from './schema.js';

describe('influences', () => {
  it('lists every setting, in the order of the schema', () => {
    expect(Object.keys(influences)).toEqual(Object.keys(baseModelSchema.shape));
  });

  it('keeps weights when only their use changes', () => {
    const without = Object.entries(influences).filter(([, { weights }]) => !weights);
    expect(without.map(([name]) => name).sort()).toEqual([
      'features',
      'keepSnapshots',
      'name',
      'recipe',
      'snapshot',
      'testTime',
    ]);
    const model = tinyModel();
    const renamed = {
      ...model,
      name: 'other',
      recipe: 'from-scratch',
      snapshot: 'last',
      keepSnapshots: 2,
      features: true,
    } as const;
    expect(trainingSettings(renamed)).toEqual(trainingSettings(model));
    expect(trainingSettings({ ...model, imageSize: 24 })).not.toEqual(trainingSettings(model));
    expect(trainingSettings({ ...model, testTime: { kind: 'flips' } })).not.toEqual(trainingSettings(model));
  });

  it('names a newly added setting only where it differs from the former fixed value', () => {
    const model = tinyModel();
    const newer = { batchNormStatistics: 'measured', initialization: 'he-identity' } as const;
    expect(trainingSettings(model)).not.toHaveProperty('batchNormStatistics');
    expect(trainingSettings(model)).not.toHaveProperty('initialization');
    expect(trainingSettings({ ...model, ...newer })).toMatchObject(newer);
  });
});
