import { expect, it } from 'vitest';
import {
  imagenetPhantomsThenReal,
  imagenetThenPhantoms,
  imagenetThenPhantomsSmall,
  imagenetThenReal,
} from './imagenet-head.js';
import { fifthStage, firstStage, fourthStage, secondStage, thirdStage } from './phantom-head.js';

// The recipe from-scratch says `pretrained: none`; a stage that does not say otherwise would start from random weights.
it.each([
  secondStage,
  thirdStage,
  fourthStage,
  fifthStage,
  imagenetThenPhantoms,
  imagenetThenPhantomsSmall,
  imagenetThenReal,
  imagenetPhantomsThenReal,
])('%o starts from the weights that it is given', (stage) => {
  expect(stage('weights.safetensors').pretrained).toBe('weights.safetensors');
});

it('trains every stage under a name of its own', () => {
  const later = [
    secondStage,
    thirdStage,
    fourthStage,
    fifthStage,
    imagenetThenPhantoms,
    imagenetThenPhantomsSmall,
  ];
  const names = [firstStage, ...later.map((stage) => stage('w'))].map(({ name }) => name);
  expect(new Set(names).size).toBe(7);
  expect(firstStage.pretrained).toBe('none');
});
