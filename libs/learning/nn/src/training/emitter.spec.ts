import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { runEmitted, type Lowering } from '../testing/run-emitted.js';
import type { Shape, Tensor } from '../tensor.js';
import { Emitter, type Value } from './emitter.js';

/*
 * Oracle: small whole numbers, whose results are derived by hand and exact in float32. `runEmitted` compares every shape that
 * the emitter states with the one that onnxruntime finds.
 */
const tensor = (shape: Shape, ...values: number[]): Tensor => ({ shape, data: Float32Array.from(values) });
const x = tensor([2, 3], 1, 2, 3, 4, 5, 6);

/** What `build` makes of `a` (and `b`), in C order. */
async function values(
  build: (emit: Emitter, inputs: { readonly a: Value; readonly b: Value }) => Value,
  a: Tensor = x,
  b: Tensor = x,
  lowering: Lowering = { dialect: 'portable' },
): Promise<number[]> {
  const { y } = await runEmitted(ort, lowering, { a, b }, (emit, inputs) => ({
    y: build(emit, { a: inputs['a']!, b: inputs['b']! }),
    // Every input takes part.
    used: emit.sum(inputs['b']!, [0]),
  }));
  return [...y!.data];
}

/** The operators that `build` writes. */
function operators(build: (emit: Emitter, a: Value) => Value, shape: Shape = [2, 3]): string[] {
  const emit = new Emitter('portable');
  emit.output('y', build(emit, emit.input('a', shape)));
  return emit.graph.model('spec').nodes.map(({ op }) => op);
}

const dialects = ['portable', 'cpu'] as const;

describe('elements', () => {
  it('are broadcast from the last axis, as in NumPy', async () => {
    const [column, row] = [tensor([2, 1], 10, 20), tensor([3], 1, 2, 3)];
    expect(await values((emit, { a, b }) => emit.add(a, b), column, row)).toEqual([11, 12, 13, 21, 22, 23]);
    expect(await values((emit, { a, b }) => emit.sub(a, b), column, row)).toEqual([9, 8, 7, 19, 18, 17]);
    expect(await values((emit, { a, b }) => emit.mul(a, b), column, row)).toEqual([10, 20, 30, 20, 40, 60]);
    expect(await values((emit, { a, b }) => emit.div(a, b), x, tensor([2, 1], 2, 4))).toEqual([0.5, 1, 1.5, 1, 1.25, 1.5]); // prettier-ignore
  });

  it('are not touched by a factor of 1', async () => {
    expect(await values((emit, { a }) => emit.scale(a, -2))).toEqual([-2, -4, -6, -8, -10, -12]);
    expect(operators((emit, a) => emit.scale(a, 1))).toEqual(['Identity']);
  });

  it('are chosen by a comparison', async () => {
    const four = tensor([1], 4);
    expect(
      await values((emit, { a, b }) => emit.where(emit.compare('Greater', a, b), a, emit.scalar(0)), x, four),
    ).toEqual([0, 0, 0, 0, 5, 6]);
    expect(await values((emit, { a, b }) => emit.where(emit.compare('Equal', a, b), b, a), x, four)).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
  });

  it.each(dialects)('stay where the output of a ReLU is above zero, however little (%s)', async (dialect) => {
    const relu = tensor([6], 0, 1e-37, 1, 0, 3e38, 1e-30);
    const gradient = tensor([6], 7, 7, -7, -7, 7, 7);
    expect(await values((emit, { a, b }) => emit.whereAbove(a, b), relu, gradient, { dialect })).toEqual([
      0,
      7,
      -7,
      expect.closeTo(0),
      7,
      7,
    ]);
  });
});

describe('arrangement', () => {
  it('transposes, without a copy where only axes of size 1 move', async () => {
    expect(await values((emit, { a }) => emit.transpose(a, [1, 0]))).toEqual([1, 4, 2, 5, 3, 6]);
    expect(await values((emit, { a }) => emit.transposeLast(emit.reshape(a, [1, 2, 3])))).toEqual([
      1, 4, 2, 5, 3, 6,
    ]);
    expect(operators((emit, a) => emit.transpose(a, [1, 0, 2]), [1, 4, 2])).toEqual(['Reshape']);
    expect(operators((emit, a) => emit.transpose(a, [1, 0, 2]), [3, 4, 2])).toEqual(['Transpose']);
    expect(operators((emit, a) => emit.reshape(a, [2, 3]))).toEqual(['Identity']);
  });

  it('expands, concatenates and splits', async () => {
    expect(await values((emit, { a }) => emit.expand(a, [2, 2]), tensor([2, 1], 1, 2))).toEqual([1, 1, 2, 2]);
    const columns = (emit: Emitter, a: Value) => emit.split(a, [1, 2], 1);
    expect(await values((emit, { a }) => columns(emit, a)[1]!)).toEqual([2, 3, 5, 6]);
    expect(await values((emit, { a }) => emit.concat(columns(emit, a).reverse(), 1))).toEqual([
      2, 3, 1, 5, 6, 4,
    ]);
    expect(operators((emit, a) => emit.concat(emit.split(a, [3], 1), 0))).toEqual(['Identity']);
  });

  it('takes windows of the two last axes', async () => {
    const image = tensor([1, 3, 4], ...Array.from({ length: 12 }, (_, i) => i));
    expect(await values((emit, { a }) => emit.window(a, [1, 1], [2, 2], [1, 2]), image)).toEqual([
      5, 7, 9, 11,
    ]);
    expect(await values((emit, { a }) => emit.window(a, [0, 3], [2, 1], [2, 1]), image)).toEqual([3, 11]);
    expect(operators((emit, a) => emit.window(a, [0, 0], [2, 3], [1, 1]))).toEqual(['Identity']);
  });

  it('pads, and crops where padding is negative', async () => {
    const around = { top: 1, left: -1, bottom: 0, right: 1 };
    expect(await values((emit, { a }) => emit.pad(a, around, 9))).toEqual([9, 9, 9, 2, 3, 9, 5, 6, 9]);
    const inside = { top: -1, left: 0, bottom: 0, right: -2 };
    expect(await values((emit, { a }) => emit.pad(a, inside))).toEqual([4]);
    expect(await values((emit, { a }) => emit.padAxes(a, [0, 1], [1, 0]))).toEqual([
      0, 1, 2, 3, 0, 4, 5, 6, 0, 0, 0, 0,
    ]);
    expect(operators((emit, a) => emit.pad(a, { top: 0, left: 0, bottom: 0, right: 0 }))).toEqual([
      'Identity',
    ]);
  });
});

describe('sums', () => {
  it('keep their axes with size 1', async () => {
    expect(await values((emit, { a }) => emit.sum(a, [0]))).toEqual([5, 7, 9]);
    expect(await values((emit, { a }) => emit.sum(a, [0, 1]))).toEqual([21]);
    expect(await values((emit, { a }) => emit.mean(a, [1]))).toEqual([2, 5]);
  });

  it.each(dialects)(
    'of products: matrices, either one transposed, in a batch or shared (%s)',
    async (dialect) => {
      const cpu = { dialect };
      // [1 2 3; 4 5 6] times its transpose is [14 32; 32 77]; the transpose times it has 1 + 16 in the corner.
      expect(await values((emit, { a, b }) => emit.product(a, b, { b: true }), x, x, cpu)).toEqual([
        14, 32, 32, 77,
      ]);
      const outer = [17, 22, 27, 22, 29, 36, 27, 36, 45];
      expect(await values((emit, { a, b }) => emit.product(a, b, { a: true }), x, x, cpu)).toEqual(outer);
      const column = tensor([3, 1], 1, 0, -1);
      expect(await values((emit, { a, b }) => emit.product(a, b), x, column, cpu)).toEqual([-2, -2]);
      const both = { a: true, b: true };
      expect(await values((emit, { a, b }) => emit.product(a, b, both), column, tensor([2, 3], 1, 2, 3, 4, 5, 7), cpu)).toEqual([-2, -3]); // prettier-ignore
      const pair = tensor([2, 1, 3], 1, 2, 3, 4, 5, 6);
      expect(await values((emit, { a, b }) => emit.product(a, b), pair, column, cpu)).toEqual([-2, -2]);
    },
  );

  it.each([
    ['portable', 3],
    ['cpu', 3],
    ['cpu', 200],
  ] as const)('of rows: dot products (%s, %d numbers)', async (dialect, length) => {
    const rows = (factor: number) =>
      tensor([2, length], ...Array.from({ length: 2 * length }, (_, i) => (i < length ? 1 : factor)));
    const found = await values((emit, { a, b }) => emit.rowDots(a, b, length, [2]), rows(2), rows(3), {
      dialect,
    });
    expect(found).toEqual([length, 6 * length]);
  });
});

describe('images', () => {
  const image = tensor([1, 1, 3, 3], 1, 2, 3, 4, 5, 6, 7, 8, 9);
  const plain = { kernel: [2, 2], stride: [1, 1], dilation: [1, 1], groups: 1 } as const;
  const none = { top: 0, left: 0, bottom: 0, right: 0 };

  it('are correlated with kernels, with stride, dilation and padding', async () => {
    const weight = tensor([1, 1, 2, 2], 1, 10, 100, 1000);
    const conv = (
      geometry: Partial<Record<'stride' | 'dilation', readonly [number, number]>>,
      padding = none,
    ) => values((emit, { a, b }) => emit.conv(a, b, { ...plain, ...geometry }, padding), image, weight);
    expect(await conv({})).toEqual([5421, 6532, 8754, 9865]);
    expect(await conv({ dilation: [2, 2] })).toEqual([9731]);
    expect(await conv({ stride: [2, 2] }, { ...none, top: 1 })).toEqual([2100, 8754]);
  });

  it('have a bias for each output', async () => {
    const weight = tensor([2, 1, 1, 1], 1, -1);
    const one = { ...plain, kernel: [1, 1] as const };
    const biased = (emit: Emitter, { a, b }: { a: Value; b: Value }) =>
      emit.conv(
        emit.window(a, [0, 0], [1, 2], [1, 1]),
        b,
        one,
        none,
        emit.constant('bias', [2], () => Float32Array.of(10, 20)),
      );
    expect(await values(biased, image, weight)).toEqual([11, 12, 19, 18]);
  });

  it('are averaged in windows, padding counted as zeros', async () => {
    expect(await values((emit, { a }) => emit.averagePool(a, [2, 2], [1, 1]), image)).toEqual([3, 4, 6, 7]);
    const left = { ...none, left: 1 };
    expect(await values((emit, { a }) => emit.averagePool(a, [2, 2], [2, 2], left), image)).toEqual([
      1.25, 4,
    ]);
  });

  it('have factors and statistics for each channel', async () => {
    const two = tensor([1, 2, 1, 2], 1, 2, 3, 4);
    const vector = tensor([2], 2, -1);
    expect(await values((emit, { a, b }) => emit.affine(a, b, b), two, vector)).toEqual([4, 6, -4, -5]);
    expect(await values((emit, { a, b }) => emit.mul(a, emit.perChannel(b, 4)), two, vector)).toEqual([
      2, 4, -3, -4,
    ]);
    // (x - 1) / sqrt(3 + 1) * scale + bias
    const normalized = (emit: Emitter, { a, b }: { a: Value; b: Value }) => {
      const filled = (value: number) =>
        emit.constant(`${value}s`, [2], () => new Float32Array(2).fill(value));
      return emit.batchNormalization(a, {
        scale: b,
        bias: filled(5),
        mean: filled(1),
        variance: filled(3),
        eps: 1,
      });
    };
    expect(await values(normalized, two, vector)).toEqual([5, 6, 4, 3.5]);
  });
});

describe.each(dialects)('x * scale + bias + addend (%s)', (dialect) => {
  it.each([
    ['of a small image', [2, 3, 4, 5]],
    ['of a large image', [2, 3, 32, 32]],
  ] as const)('has the factors of each channel: %s', async (_size, shape) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const image = (factor: number) =>
      tensor(shape, ...Array.from({ length: count }, (_, i) => ((factor * i) % 7) - 3));
    const inputs = {
      x: image(3),
      addend: image(5),
      scale: tensor([3], 2, -1, 0),
      bias: tensor([3], 4, 5, -6),
    };
    const { y } = await runEmitted(ort, { dialect }, inputs, (emit, { x, addend, scale, bias }) => ({
      y: emit.affinePlus(x!, scale!, bias!, addend!),
    }));
    const pixels = shape[2] * shape[3];
    const channel = (i: number) => Math.floor(i / pixels) % 3;
    expect(y!.data).toEqual(
      inputs.x.data.map(
        (value, i) =>
          value * inputs.scale.data[channel(i)]! + inputs.bias.data[channel(i)]! + inputs.addend.data[i]!,
      ),
    );
  });

  it('repeats an addend that is the same over an image', async () => {
    const inputs = { x: tensor([1, 1, 1, 2], 1, 2), addend: tensor([1, 1, 1, 1], 10), one: tensor([1], 3) };
    const { y } = await runEmitted(ort, { dialect }, inputs, (emit, { x, addend, one }) => ({
      y: emit.affinePlus(x!, one!, one!, addend!),
    }));
    expect([...y!.data]).toEqual([16, 19]);
  });
});

describe('a scan', () => {
  /** The running sum of the rows of `a` from the first, or from the last, with the sum before each step kept too. */
  const running =
    (backwards: boolean) =>
    (emit: Emitter, { a, b }: { a: Value; b: Value }) =>
      emit.concat(
        emit.scan([b], [a], backwards, (body, [sum], [row]) => {
          const next = body.add(sum!, row!);
          return { states: [next], kept: [next, sum!] };
        }),
        1,
      );

  it('keeps what each step made at the place of that step, in both directions', async () => {
    const rows = tensor([3, 1], 1, 2, 3);
    expect(await values(running(false), rows, tensor([1], 10))).toEqual([11, 10, 13, 11, 16, 13]);
    expect(await values(running(true), rows, tensor([1], 10))).toEqual([16, 15, 15, 13, 13, 10]);
  });
});

describe('values under a key', () => {
  it('are made once', () => {
    const emit = new Emitter('portable');
    const a = emit.input('a', [2]);
    const twice = () => emit.once('twice a', () => emit.add(a, a));
    expect(twice()).toBe(twice());
    expect(emit.graph.model('spec').nodes).toHaveLength(1);
  });

  it('takes no blocks of channels in portable graphs', () => {
    expect([
      new Emitter('portable', { channelBlock: 8 }).channelBlock,
      new Emitter('cpu', { channelBlock: 8 }).channelBlock,
    ]).toEqual([undefined, 8]);
  });
});
