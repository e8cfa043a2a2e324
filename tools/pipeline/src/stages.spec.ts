import { expect, it } from 'vitest';
import {
  imagenetPhantomsThenReal,
  imagenetThenPhantoms,
  imagenetThenPhantomsSmall,
  imagenetThenVariedSmall,
  imagenetThenReal,
} from './imagenet-head.js';
import {
  firstStage,
  kindsStage,
  moreKindsStage,
  moreVariedStage,
  mostVariedStage,
  secondStage,
  variedStage,
} from './phantom-head.js';

const heads = [secondStage, kindsStage, moreKindsStage, variedStage, moreVariedStage, mostVariedStage];
const fromImagenet = [imagenetThenPhantoms, imagenetThenPhantomsSmall, imagenetThenVariedSmall];

// The recipe from-scratch says `pretrained: none`; a stage that does not say otherwise would start from random weights.
it.each([...heads, ...fromImagenet, imagenetThenReal, imagenetPhantomsThenReal])(
  '%o starts from the weights that it is given',
  (stage) => {
    expect(stage('weights.safetensors').pretrained).toBe('weights.safetensors');
  },
);

it('trains every stage under a name of its own', () => {
  const names = [firstStage, ...[...heads, ...fromImagenet].map((stage) => stage('w'))].map(
    ({ name }) => name,
  );
  expect(new Set(names).size).toBe(10);
  expect(firstStage.pretrained).toBe('none');
});
