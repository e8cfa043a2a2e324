import { initialize, NetworkBuilder, type Network, type Tensor } from '@ichor/nn';
import { gradientError } from '@ichor/nn/testing';
import { createEngine } from '@ichor/runtime';
import { describe, expect, it } from 'vitest';
import { withFeatureMaps } from './feature-maps.js';
import { imageTensor } from '../input/image-tensor.js';
import { modelNetwork } from '../network/network.js';
import { tinyModel } from '../testing/tiny-model.js';
import { gradCam } from './grad-cam.js';
import { confirmedByCovering } from './confirmed.js';
import { heatMapOf } from './heat-map.js';
import { shiftedCopies, smoothed, stitched } from './shifted.js';
import { headGradient, headParameters } from './head-gradient.js';

/** The head of the second family: batch norms, two linear layers, ReLU; or with ReLU6 of values of which some are above 6. */
function deepHead(activation: 'relu' | 'relu6' = 'relu'): Network {
  const net = new NetworkBuilder('deep head');
  let x = net.input('image', [3, null, null]);
  x = net.flatten(net.globalAvgPool(x));
  x = net.batchNorm(x, 'bn1', { channels: 3 });
  x = net.linear(x, 'fc1', { inFeatures: 3, outFeatures: 4 });
  x = activation === 'relu' ? net.relu(x) : net.relu6(net.scale(x, 8));
  x = net.batchNorm(x, 'bn2', { channels: 4 });
  x = net.dropout(x, 0.5);
  net.output('logits', net.linear(x, 'last_linear', { inFeatures: 4, outFeatures: 2 }));
  return net.build();
}

describe('headGradient', () => {
  it.each(['relu', 'relu6'] as const)(
    'agrees with finite differences of the engine, %s',
    async (activation) => {
      const network = deepHead(activation);
      const state = new Map(initialize(network, 3));
      // Statistics and scales other than 0 and 1, so that they count.
      for (const [name, { shape, data }] of state) {
        if (name.startsWith('bn'))
          state.set(name, { shape, data: data.map((value, i) => value + 0.3 + 0.1 * i) });
      }
      const session = await (await createEngine('onnxruntime')).inference(network, state);
      const logit = async (pooled: number[]) => {
        const { logits } = await session.run({
          image: { shape: [1, 3, 1, 1], data: Float32Array.from(pooled) },
        });
        return logits!.data[1]!;
      };
      const at = [0.7, -0.4, 1.3];
      const gradient = headGradient(network, state, at, 1);
      for (const [i, slope] of gradient.entries()) {
        const step = 1e-2;
        const moved = (by: number) => logit(at.map((value, j) => (i === j ? value + by : value)));
        // The head is piecewise linear: central differences are exact up to float32, 1e-7 of values near 1 over the step.
        const difference = ((await moved(step)) - (await moved(-step))) / (2 * step);
        expect(
          gradientError(`feature ${i}`, slope, difference, {
            tolerance: activation === 'relu' ? 5e-5 : 5e-4,
            scale: 1,
          }),
        ).toEqual([]);
      }
      await session.dispose();
    },
  );

  it('names the parameters that it needs', () => {
    expect(headParameters(deepHead())).toEqual(
      ['bn1', 'fc1', 'bn2', 'last_linear'].flatMap((layer) =>
        layer.startsWith('bn')
          ? ['weight', 'bias', 'running_mean', 'running_var'].map((role) => `${layer}.${role}`)
          : [`${layer}.weight`, `${layer}.bias`],
      ),
    );
  });

  it('refuses a logit that is not there', () => {
    const network = deepHead();
    expect(() => headGradient(network, initialize(network, 1), [0, 0, 0], 2)).toThrow('has 2 logits');
  });
});

/** Sees bright spots: 4x4 means minus a threshold, ReLU, then the mean over the picture. */
function spotDetector(): { network: Network; state: Map<string, Tensor> } {
  const net = new NetworkBuilder('spots');
  const image = net.input('image', [1, null, null]);
  const spots = net.relu(
    net.conv2d(image, 'conv', { inChannels: 1, outChannels: 1, kernel: 4, stride: 4, bias: true }),
  );
  net.output(
    'logits',
    net.linear(net.flatten(net.globalAvgPool(spots)), 'fc', { inFeatures: 1, outFeatures: 1 }),
  );
  const state = new Map<string, Tensor>([
    ['conv.weight', { shape: [1, 1, 4, 4], data: new Float32Array(16).fill(1 / 16) }],
    ['conv.bias', { shape: [1], data: Float32Array.of(-0.2) }],
    ['fc.weight', { shape: [1, 1], data: Float32Array.of(5) }],
    ['fc.bias', { shape: [1], data: Float32Array.of(-1) }],
  ]);
  return { network: net.build(), state };
}

describe('gradCam', () => {
  it('finds what occlusion finds: covering a cell lowers the logit by the value of the map', async () => {
    const { network, state } = spotDetector();
    const size = 24;
    const data = Float32Array.from({ length: size * size }, (_, i) => {
      const [x, y] = [i % size, Math.floor(i / size)];
      if (x >= 8 && x < 14 && y >= 16 && y < 20) return 1;
      return x < 4 && y < 4 ? 0.5 : 0.1;
    });
    const session = await (await createEngine('onnxruntime')).inference(withFeatureMaps(network), state);
    const image = (pixels: Float32Array): { image: Tensor } => ({
      image: { shape: [1, 1, size, size], data: pixels },
    });
    const { logits, maps } = await session.run(image(data));
    const map = gradCam(network, state, maps!, { sample: 0, logit: 0 });
    expect([map.width, map.height]).toEqual([6, 6]);
    expect(map.data.indexOf(1)).toBe(4 * 6 + 2);
    for (let cell = 0; cell < 36; cell++) {
      const covered = data.slice();
      for (let i = 0; i < 16; i++) {
        covered[(4 * Math.floor(cell / 6) + (i >> 2)) * size + 4 * (cell % 6) + (i & 3)] = 0;
      }
      const drop = logits!.data[0]! - (await session.run(image(covered))).logits!.data[0]!;
      // Exact in real numbers; float32 logits near 1 are good to 1e-6.
      expect(map.data[cell]! * map.peak).toBeCloseTo(drop, 5);
    }
    await session.dispose();
  });

  it('is empty where nothing supports the logit', () => {
    const { network, state } = spotDetector();
    const map = gradCam(
      network,
      state,
      { shape: [1, 1, 2, 2], data: new Float32Array(4) },
      { sample: 0, logit: 0 },
    );
    expect(map.peak).toBe(0);
    expect([...map.data]).toEqual([0, 0, 0, 0]);
  });

  it('refuses a network without global pooling', () => {
    const net = new NetworkBuilder('flat');
    net.output('logits', net.flatten(net.input('image', [1, 2, 2])));
    expect(() => withFeatureMaps(net.build())).toThrow('no global average pooling');
  });
});

describe('heatMapOf', () => {
  const settings = tinyModel({ imageSize: 128, classes: 'without-any' });

  it('has none for a label without an output', async () => {
    const session = { run: () => Promise.reject(new Error('not to be run')) };
    const map = await heatMapOf([{ settings, state: new Map(), session, input: new Float32Array(0) }], 0);
    expect(map).toBeUndefined();
  });

  it('takes the output of the label, the first of five for the second of six', async () => {
    const network = modelNetwork(settings);
    const state = initialize(network, 2);
    const session = await (await createEngine('onnxruntime')).inference(withFeatureMaps(network), state);
    const input = Float32Array.from({ length: 3 * 128 * 128 }, (_, i) => Math.sin(i / 5));
    // 128 pixels in 4 x 4 cells: half cells, of copies moved by a quarter of 32 pixels, and their peaks covered.
    const image = imageTensor(settings, input);
    const { maps } = await session.run({ image: shiftedCopies(image, 8) });
    const fine = stitched([0, 1, 2, 3].map((sample) => gradCam(network, state, maps!, { sample, logit: 0 })));
    const view = { run: (inputs: Record<string, Tensor>) => session.run(inputs), image, logit: 0 };
    const expected = await confirmedByCovering([view], smoothed(fine));
    const map = await heatMapOf([{ settings, state, session, input }], 1);
    expect(map).toEqual({ width: expected.width, height: expected.height, data: expected.data });
    // The same network twice sees nothing else; the falls are twice as large, their ratios the same.
    const seen = { settings, state, session, input };
    expect(await heatMapOf([seen, seen], 1)).toEqual(map);
    await session.dispose();
  });
});
