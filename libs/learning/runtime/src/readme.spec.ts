import { NetworkBuilder, initialize } from '@ichor/nn';
import { expect, it } from 'vitest';
import { createEngine } from './index.js';

it('runs the first example of the README', async () => {
  const builder = new NetworkBuilder('tiny');
  const image = builder.input('image', [1, null, null]);
  const map = builder.swish(
    builder.conv2d(image, 'conv', { inChannels: 1, outChannels: 4, kernel: 3, padding: 1, bias: true }),
  );
  const features = builder.flatten(builder.globalAvgPool(map));
  builder.output('logits', builder.linear(features, 'classes', { inFeatures: 4, outFeatures: 2 }));
  const network = builder.build();

  const engine = await createEngine('auto');
  const training = await engine.training(network, initialize(network, 1), {
    loss: { kind: 'bce' },
    optimizer: { kind: 'adam' },
  });

  // Two images, one dark and one bright, and what they show.
  const images = { shape: [2, 1, 5, 5], data: new Float32Array(50).fill(1, 25) };
  const targets = { shape: [2, 2], data: Float32Array.of(1, 0, 0, 1) };
  for (let step = 0; step < 200; step++) {
    await training.step({ inputs: { image: images }, targets }, { learningRate: 0.05 });
  }
  const { logits } = await training.predict({ image: images });
  expect([...(logits?.data ?? [])].map((logit) => logit > 0)).toEqual([true, false, false, true]);
  await training.dispose();
});
