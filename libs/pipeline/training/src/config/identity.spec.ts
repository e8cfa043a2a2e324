import { trainingSettings } from '@ichor/base-model';
import { tinyModel } from '@ichor/base-model/testing';
import { describe, expect, it } from 'vitest';
import { differences } from './identity.js';

describe('differences', () => {
  it('tells what changed', () => {
    const model = tinyModel();
    const other = { ...model, imageSize: 128, mixup: { probability: 0.4, alpha: 0.3 } };
    expect(differences(trainingSettings(model), trainingSettings(other))).toEqual([
      'imageSize: was 16, now 128',
      'mixup: was undefined, now {"probability":0.4,"alpha":0.3}',
    ]);
  });
});
