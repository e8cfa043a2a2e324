import { initialize, NetworkBuilder, networkCost, type Network, type Tensor } from '@ichor/nn';
import { createEngine } from '@ichor/runtime';

/** As on the peer's side. */
const ENOUGH_MILLISECONDS = 1500;
const FEWEST_RUNS = 3;
/** More than one, so that copies of inputs and outputs count little. */
const LAYERS = 3;

/** GFLOP/s of onnxruntime in float32, the fastest of some runs: matrices of 2048 x 2048, and 3 x 3 convolutions. */
export async function measureGigaflops(threads: number): Promise<Record<string, number>> {
  return {
    'matrix product': await fastest(products(2048), [2048, 2048], threads),
    convolution: await fastest(convolutions(256), [8, 256, 32, 32], threads),
  };
}

async function fastest(network: Network, shape: readonly number[], threads: number): Promise<number> {
  const engine = await createEngine('onnxruntime', { threads });
  const session = await engine.inference(network, initialize(network, 1));
  const data = new Float32Array(shape.reduce((a, b) => a * b)).map(() => Math.random());
  const x: Tensor = { shape, data };
  let best = Infinity;
  const begin = performance.now();
  for (let run = 0; run < FEWEST_RUNS || performance.now() - begin < ENOUGH_MILLISECONDS; run++) {
    const start = performance.now();
    await session.run({ x });
    best = Math.min(best, performance.now() - start);
  }
  await session.dispose();
  return networkCost(network, { x: shape }).operations / (1e6 * best);
}

function products(size: number): Network {
  const b = new NetworkBuilder('products');
  let x = b.input('x', [size]);
  for (let layer = 0; layer < LAYERS; layer++) {
    x = b.linear(x, `product${layer}`, { inFeatures: size, outFeatures: size, bias: false });
  }
  b.output('logits', b.linear(x, 'last', { inFeatures: size, outFeatures: 1 }));
  return b.build();
}

function convolutions(channels: number): Network {
  const b = new NetworkBuilder('convolutions');
  let x = b.input('x', [channels, null, null]);
  for (let layer = 0; layer < LAYERS; layer++) {
    x = b.conv2d(x, `conv${layer}`, {
      inChannels: channels,
      outChannels: channels,
      kernel: 3,
      padding: 1,
      bias: false,
    });
  }
  b.output(
    'logits',
    b.linear(b.flatten(b.globalAvgPool(x)), 'last', { inFeatures: channels, outFeatures: 1 }),
  );
  return b.build();
}
