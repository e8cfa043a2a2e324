import { initialize } from '@ichor/nn';
import { expect, it } from 'vitest';
import { backbones, createBackbone } from './index.js';

it('runs the first example of the README', () => {
  const network = createBackbone('densenet121', { classes: 6, channels: 9, head: 'bn-fc' });
  const state = initialize(network, 20);

  expect(network.parameters[0]).toEqual({
    name: 'model.features.conv0.weight',
    shape: [64, 9, 7, 7],
    kind: 'convWeight',
  });
  expect(state.size).toBe(network.parameters.length);

  const densenet = backbones.find(({ id }) => id === 'densenet121');
  expect(densenet?.inputSize).toEqual([224, 224]);
  expect(densenet?.weights.url).toBe('https://download.pytorch.org/models/densenet121-a639ec97.pth');
});
