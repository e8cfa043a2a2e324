import { expect, it } from 'vitest';
import { imagenetPhantomsThenReal, imagenetThenPhantoms, imagenetThenReal } from './imagenet-head.js';
import { firstStage, secondStage, thirdStage } from './phantom-head.js';

// The recipe from-scratch says `pretrained: none`; a stage that does not say otherwise would start from random weights.
it.each([secondStage, thirdStage, imagenetThenPhantoms, imagenetThenReal, imagenetPhantomsThenReal])(
  '%o starts from the weights that it is given',
  (stage) => {
    expect(stage('weights.safetensors').pretrained).toBe('weights.safetensors');
  },
);

it('trains every stage under a name of its own', () => {
  const names = [firstStage, secondStage('w'), thirdStage('w')].map(({ name }) => name);
  expect(new Set(names).size).toBe(3);
  expect(firstStage.pretrained).toBe('none');
});
