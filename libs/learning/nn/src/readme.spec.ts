import { NetworkBuilder, exportOnnx, inferShapes, initialize } from '@ichor/nn';
import { expect, it } from 'vitest';

it('runs the first example of the README', () => {
  const builder = new NetworkBuilder('tiny');
  const image = builder.input('image', [3, null, null]);
  let map = builder.conv2d(image, 'conv', {
    inChannels: 3,
    outChannels: 8,
    kernel: 3,
    stride: 2,
    padding: 1,
  });
  map = builder.relu(builder.batchNorm(map, 'norm', { channels: 8 }));
  const features = builder.flatten(builder.globalAvgPool(map));
  builder.output('logits', builder.linear(features, 'classes', { inFeatures: 8, outFeatures: 6 }));
  const network = builder.build();

  expect(inferShapes(network, { image: [4, 3, 33, 20] }).get(map)).toEqual([4, 8, 17, 10]);
  const state = initialize(network, 1);
  expect(state.get('conv.weight')?.shape).toEqual([8, 3, 3, 3]);
  const model = exportOnnx(network, state, { labels: 'any,epidural' });
  expect(Buffer.from(model).includes('any,epidural')).toBe(true);
});
