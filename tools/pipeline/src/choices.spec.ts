import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { checkChoices, hasStackers } from './choices.js';

const apps = fileURLToPath(new URL('../../../apps', import.meta.url));

it('knows the models of the workspace and the configurations of the steps', async () => {
  await checkChoices({ models: ['xception', 'lgbm-stacking-1'], config: 'demo' }, apps);
  await checkChoices({}, apps);
});

it.each([
  [{ models: ['xceptoin'] }, '--models xceptoin: unknown (did you mean xception?)'],
  [{ models: ['preprocess'] }, /--models preprocess: unknown \(choose from densenet201/],
  [{ config: 'dem' }, '--config dem: unknown (did you mean demo?)'],
])('refuses %j before anything runs', async (choices, message) => {
  await expect(checkChoices(choices, apps)).rejects.toThrow(message);
});

it('tells whether boosted trees may be needed', async () => {
  expect(await hasStackers(['xception:train-fold-0', 'preprocess:preprocess'], apps)).toBe(false);
  expect(await hasStackers(['xception:train-fold-0', 'lgbm-stacking-1:train-fold-0'], apps)).toBe(true);
});
