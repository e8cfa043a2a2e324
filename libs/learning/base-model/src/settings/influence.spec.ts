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
    expect(without.map(([name]) => name).sort()).toEqual(['features', 'name', 'snapshot', 'testTime']);
    const model = tinyModel();
    const renamed = { ...model, name: 'other', snapshot: 'last', features: true } as const;
    expect(trainingSettings(renamed)).toEqual(trainingSettings(model));
    expect(trainingSettings({ ...model, imageSize: 24 })).not.toEqual(trainingSettings(model));
    expect(trainingSettings({ ...model, testTime: { kind: 'flips' } })).not.toEqual(trainingSettings(model));
  });
});
