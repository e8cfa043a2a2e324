import { nativeRunner } from '@ichor/native-operators/testing';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { NetworkBuilder } from '../builder.js';
import { lowerings, runEmitted } from '../testing/run-emitted.js';
import type { Shape, Tensor } from '../tensor.js';
import type { Value } from './emitter.js';
import { GradientSum } from './gradient-sum.js';
import { lowerTraining } from './lower.js';

/* Oracle: scale (value + slope x + offset), added up by hand; whole numbers, exact in float32. */
const tensor = (shape: Shape, ...values: number[]): Tensor => ({ shape, data: Float32Array.from(values) });
const inputs = {
  x: tensor([1, 2, 1, 2], 1, 2, 3, 4),
  a: tensor([1, 2, 1, 2], 10, 20, 30, 40),
  b: tensor([1, 2, 1, 1], 5, 6),
  slope: tensor([2], 2, -1),
  offset: tensor([2], 1, 3),
  scale: tensor([2], 3, 2),
};
const ways = await lowerings(ort, nativeRunner());

describe.each(ways)('a sum of gradients (%s)', (_way, lowering) => {
  it('of one adds the affine function and leaves the factor to those who take it', async () => {
    const found = await runEmitted(ort, lowering, inputs, (emit, { x, a, slope, offset, scale }) => {
      const part = { value: a!, scale: scale!, centring: { slope: slope!, offset: offset! } };
      const taken = new GradientSum(emit, part).read(x!, { takesScale: true });
      const whole = new GradientSum(emit, part).read(x!, {});
      expect(taken.missing.scale?.name).toBe('scale');
      expect(whole.missing).toEqual({});
      return { taken: taken.gradient, whole: whole.gradient };
    });
    // 10 + 2 * 1 + 1, 20 + 2 * 2 + 1, 30 - 3 + 3, 40 - 4 + 3
    expect([...found['taken']!.data]).toEqual([13, 25, 30, 39]);
    expect([...found['whole']!.data]).toEqual([39, 75, 60, 78]);
  });

  it('of several multiplies the factors and adds all affine functions at once, or leaves them', async () => {
    const found = await runEmitted(ort, lowering, inputs, (emit, { x, a, b, slope, offset, scale }) => {
      const sum = () => {
        const made = new GradientSum(emit, {
          value: a!,
          scale: scale!,
          centring: { slope: slope!, offset: offset! },
        });
        made.add(b!);
        made.add({ value: a!, centring: { slope: offset!, offset: slope! } });
        return made;
      };
      const left = sum().read(x!, { takesScale: true, takesCentring: true });
      return {
        whole: sum().read(x!, {}).gradient,
        left: left.gradient,
        leftSlope: left.missing.centring!.slope,
        leftOffset: left.missing.centring!.offset,
      };
    });
    // 3 a + b + a; slope 3 * 2 + 1, 2 * -1 + 3; offset 3 * 1 + 2, 2 * 3 - 1
    expect([...found['left']!.data]).toEqual([45, 85, 96, 126]);
    expect([...found['leftSlope']!.data]).toEqual([7, 1]);
    expect([...found['leftOffset']!.data]).toEqual([5, 5]);
    expect([...found['whole']!.data]).toEqual([45 + 12, 85 + 19, 96 + 8, 126 + 9]);
  });

  it('computes one that waits with the rest of the sum as its addend', async () => {
    const found = await runEmitted(ort, lowering, inputs, (emit, { x, a, b, scale }) => {
      const doubled = (addend: Value | undefined) => {
        const made = emit.scale(x!, 2);
        return addend === undefined ? made : emit.add(made, emit.scale(addend, 100));
      };
      const alone = new GradientSum(emit, { compute: doubled });
      const first = new GradientSum(emit, { compute: doubled });
      first.add({ value: a!, scale: scale! });
      first.add(b!);
      const second = new GradientSum(emit, b!);
      second.add({ compute: doubled });
      second.add({ compute: doubled });
      const read = (sum: GradientSum) => sum.read(x!, { takesScale: true, takesCentring: true }).gradient;
      return { alone: read(alone), first: read(first), second: read(second) };
    });
    // 2 x; 2 x + 100 (scale a + b); 2 x + 100 (2 x + b)
    expect([...found['alone']!.data]).toEqual([2, 4, 6, 8]);
    expect([...found['first']!.data]).toEqual([3502, 6504, 6606, 8608]);
    expect([...found['second']!.data]).toEqual([702, 904, 1206, 1408]);
  });

  it('repeats a gradient that is the same over an image', async () => {
    const found = await runEmitted(ort, lowering, inputs, (emit, { x, b }) => ({
      whole: new GradientSum(emit, b!).read(x!, {}).gradient,
    }));
    expect([...found['whole']!.data]).toEqual([5, 5, 6, 6]);
  });
});

describe('a dense block', () => {
  /** How many nodes of an operator the training graph of a block with so many layers has. */
  function nodes(operator: string, layers: number): number {
    const b = new NetworkBuilder('dense block');
    let seen = b.conv2d(b.input('x', [2, null, null]), 'conv', { inChannels: 2, outChannels: 2, kernel: 1 });
    for (let layer = 0; layer < layers; layer++) {
      const inChannels = 2 + 2 * layer;
      const normed = b.batchNorm(seen, `norm${layer}`, { channels: inChannels });
      const grown = b.conv2d(normed, `conv${layer}`, { inChannels, outChannels: 2, kernel: 1 });
      seen = b.concat([seen, grown]);
    }
    b.output('logits', b.flatten(b.globalAvgPool(b.batchNorm(seen, 'last', { channels: 2 + 2 * layers }))));
    const lowering = {
      loss: { kind: 'bce' },
      logits: 'logits',
      trainable: () => true,
      frozenBatchNorm: false,
    } as const;
    const { model } = lowerTraining(b.build(), { x: [2, 2, 4, 4] }, lowering);
    // Nodes are named by their operator and a number.
    const names = new TextDecoder('latin1').decode(model).matchAll(new RegExp(`${operator}_\\d+`, 'g'));
    return new Set([...names].map(([name]) => name)).size;
  }

  it('takes the statistics of each part once, and centres the gradient of each part once', () => {
    // One more layer is one more part; it has a norm forward, and backward one centring of the new part.
    expect(nodes('ReduceMean', 5) - nodes('ReduceMean', 4)).toBe(1);
    expect(nodes('BatchNormalization', 5) - nodes('BatchNormalization', 4)).toBe(2);
  });
});
