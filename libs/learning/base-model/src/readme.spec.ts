import { gradCam, withFeatureMaps } from '@ichor/base-model';
import { initialize, NetworkBuilder } from '@ichor/nn';
import { createEngine } from '@ichor/runtime';
import { expect, it } from 'vitest';

it('runs the first example of the README', async () => {
  const builder = new NetworkBuilder('tiny');
  const image = builder.input('image', [1, null, null]);
  const maps8 = builder.relu(builder.conv2d(image, 'conv', { inChannels: 1, outChannels: 8, kernel: 3 }));
  const pooled = builder.flatten(builder.globalAvgPool(maps8));
  builder.output('logits', builder.linear(pooled, 'fc', { inFeatures: 8, outFeatures: 6 }));
  const network = builder.build();
  const state = initialize(network, 1);
  const batch = { shape: [2, 1, 10, 10], data: new Float32Array(200).fill(1) };

  const engine = await createEngine();
  const session = await engine.inference(withFeatureMaps(network), state);
  const { logits, maps } = await session.run({ image: batch });
  const heat = gradCam(network, state, maps!, { sample: 0, logit: 3 });
  expect(logits!.shape).toEqual([2, 6]);
  expect([heat.width, heat.height]).toEqual([8, 8]);
});
