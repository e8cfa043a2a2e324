import { NetworkBuilder, elementCount, type Network, type StateDict, type Tensor } from '@ichor/nn';
import type { Engine } from '../engine.js';

/** Computed by PyTorch in double precision: `fixtures/make_self_test.py`. */
const expected = {
  logits: [9.20109034051419, 22.282132025269956, 9.066410044032647, 22.19238677631166],
  loss: 1.1094112014279611,
  gradientNorm: 1.2169389411002896,
};
/** Far above rounding, far below any mistake. */
const TOLERANCE = 1e-3;

/**
 * Runs a small network with one operator of each kind forwards and a training step.
 *
 * @returns what is wrong, or undefined when the numbers are right
 */
export async function selfTest(engine: Engine): Promise<string | undefined> {
  const network = testNetwork();
  const state = testState(network);
  const image = wave([2, 3, 19, 17], 50);
  const inference = await engine.inference(network, state);
  const { logits } = await inference.run({ image });
  await inference.dispose();
  const actual = [...(logits?.data ?? [])];
  if (actual.length !== expected.logits.length || !expected.logits.every((v, i) => near(actual[i], v))) {
    return `inference gives wrong numbers: ${actual.join(', ')}`;
  }
  const training = await engine.training(network, state, {
    loss: { kind: 'bce' },
    optimizer: { kind: 'sgd' },
  });
  const targets: Tensor = { shape: [2, 2], data: Float32Array.of(1, 0, 0, 1) };
  const step = await training.step({ inputs: { image }, targets }, { learningRate: 0 });
  await training.dispose();
  if (!near(step.loss, expected.loss)) return `training gives a wrong loss: ${step.loss}`;
  if (!near(step.gradientNorm, expected.gradientNorm)) {
    return `training gives wrong gradients: norm ${step.gradientNorm}`;
  }
  return undefined;
}

function testNetwork(): Network {
  const b = new NetworkBuilder('self-test');
  const image = b.input('image', [3, null, null]);
  const wide = b.conv2d(image, 'conv1', { inChannels: 3, outChannels: 8, kernel: 3, stride: 2, padding: 1 });
  const rectified = b.relu(b.batchNorm(wide, 'bn1', { channels: 8 }));
  const x = b.maxPool2d(rectified, { kernel: 3, stride: 2, ceilMode: true });
  const grouped = b.conv2d(x, 'conv2', { inChannels: 8, outChannels: 8, kernel: 3, padding: 1, groups: 2 });
  const y = b.swish(b.batchNorm(grouped, 'bn2', { channels: 8 }));
  const mean = b.globalAvgPool(y);
  const squeeze = b.conv2d(mean, 'squeeze', { inChannels: 8, outChannels: 8, kernel: 1, bias: true });
  const joined = b.add(x, b.mul(y, b.sigmoid(squeeze)));
  const features = b.flatten(b.globalAvgPool(joined));
  b.output('logits', b.linear(features, 'classes', { inFeatures: 8, outFeatures: 2 }));
  return b.build();
}

function testState(network: Network): StateDict {
  return new Map(
    network.parameters.map(({ name, shape, kind }, index) => {
      const { data } = wave(shape, index);
      return [name, { shape, data: kind === 'runningVar' ? data.map((value) => 1 + 0.5 * value) : data }];
    }),
  );
}

function wave(shape: readonly number[], phase: number): Tensor {
  const data = Float32Array.from({ length: elementCount(shape) }, (_, i) => Math.sin(1 + phase + 1.7 * i));
  return { shape, data };
}

function near(actual: number | undefined, wanted: number): boolean {
  return actual !== undefined && Math.abs(actual - wanted) <= TOLERANCE * Math.abs(wanted);
}
