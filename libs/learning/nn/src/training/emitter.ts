import { OnnxGraph } from '../onnx/graph.js';
import { float, int, ints, type OnnxAttributes } from '../onnx/model.js';
import { convAttributes, onnxPads } from '../onnx/window.js';
import type { OpAttributes, Padding2d, Pair } from '../ops.js';
import { ONNX_TYPE, type Precision } from '../precision.js';
import { convSize, kernelExtent } from '../shapes/window.js';
import { elementCount, type Shape } from '../tensor.js';
import { operand } from './operand.js';

/** A tensor in the graph, its shape known. */
export interface Value {
  readonly name: string;
  readonly shape: Shape;
}

export type ConvGeometry = Pick<OpAttributes['conv2d'], 'kernel' | 'stride' | 'dilation' | 'groups'>;

/** What a batch normalization does to each channel; vectors [C]. */
export interface ChannelNormalization {
  readonly scale: Value;
  readonly bias: Value;
  readonly mean: Value;
  readonly variance: Value;
  readonly eps: number;
}

/** Below this many elements, the call of a product of rows takes longer than its computation. */
const SHORT_ROW = 100;

/** From so many pixels on, a convolution of one channel takes less time than what it replaces. */
const LONG_IMAGE = 1000;

const NO_PADDING: Padding2d = { top: 0, left: 0, bottom: 0, right: 0 };

/**
 * `portable`: operators that every provider has. `cpu`: also onnxruntime's own (`com.microsoft`) and outputs
 * that only its CPU provider computes. `native`: also those of `@ichor/native-operators`, which the session must have loaded.
 */
export type Dialect = 'portable' | 'cpu' | 'native';

const MICROSOFT = 'com.microsoft';

/** Domain of the native operators. */
const NATIVE = 'ichor';

/** What is computed in lower precision: products, which take most of the time and add up many terms. */
const PRODUCTS: ReadonlySet<string> = new Set(['Conv', 'MatMul']);

/** 8 MB: in densenet201 at 224 x 224 pixels smaller ones save nothing, and at 128 x 128 there are none. */
const REPEAT_FROM = 2 ** 21;

export interface EmitterOptions {
  readonly channelBlock?: number | undefined;
  readonly precision?: Precision | undefined;
  /** Whether the provider multiplies in float16; without it, and with bf16, operands are rounded and multiplied in float32. */
  readonly halfProducts?: boolean | undefined;
  /** Values of so many numbers are computed again for the gradients where that takes little time. */
  readonly repeatFrom?: number | undefined;
}

/** Writes ONNX nodes on tensors of known shapes. */
export class Emitter {
  readonly graph: OnnxGraph;
  readonly dialect: Dialect;

  /** Channels of a block of onnxruntime's NCHWc operators, which are used only when this is given. */
  readonly channelBlock: number | undefined;
  /** Of the operands of products. */
  readonly precision: Precision;
  readonly repeatFrom: number;
  /** The rounded operands are multiplied in float32. */
  readonly #onlyRounds: boolean;
  readonly #values = new Map<string, Value>();
  /** What a reshaped value was made of. */
  readonly #made = new Map<string, Value>();
  readonly #parts = new Map<string, readonly Value[]>();
  /** How to compute a value again. */
  readonly #repeats = new Map<string, (zero: Value) => Value>();
  #scans = 0;

  /** @param graph to write to; default: a new one */
  constructor(
    dialect: Dialect,
    {
      channelBlock,
      precision = 'float32',
      halfProducts = false,
      repeatFrom = REPEAT_FROM,
    }: EmitterOptions = {},
    graph = new OnnxGraph(),
  ) {
    this.graph = graph;
    this.dialect = dialect;
    this.precision = precision;
    this.repeatFrom = repeatFrom;
    this.#onlyRounds = precision === 'bf16' || !halfProducts;
    this.channelBlock = dialect === 'portable' ? undefined : channelBlock;
  }

  /** The value that was made under this key before, otherwise a new one. */
  once(key: string, make: () => Value): Value {
    const value = this.#values.get(key) ?? make();
    this.#values.set(key, value);
    return value;
  }

  /**
   * Says that a value takes little time to compute, so that it need not be kept for the gradients.
   *
   * @param repeat computes it again; `zero`, [1], must be read by its first node
   */
  repeatable(value: Value, repeat: (zero: Value) => Value): void {
    this.#repeats.set(value.name, repeat);
  }

  isRepeatable({ name }: Value): boolean {
    return this.#repeats.has(name);
  }

  /** A value for a gradient. A repeatable one is computed again, once and not before `reached` is there. */
  again(value: Value, reached: Value): Value {
    if (!this.isRepeatable(value)) return value;
    return this.once(`again ${value.name}`, () => {
      const first = this.indices('first', [1], () => BigInt64Array.of(0n));
      const one = this.gather(this.reshape(reached, [elementCount(reached.shape)]), first, 0);
      return this.repeat(value, this.scale(one, 0));
    });
  }

  /** A repeatable value from its inputs, any other as it is. */
  repeat(value: Value, zero: Value): Value {
    return this.#repeats.get(value.name)?.(zero) ?? value;
  }

  node(
    op: string,
    inputs: readonly Value[],
    shape: Shape,
    attributes: OnnxAttributes = {},
    domain = '',
  ): Value {
    const names = inputs.map(({ name }) => name);
    if (this.precision === 'float32' || !PRODUCTS.has(op)) {
      return { name: this.graph.node(op, names, attributes, { domain }), shape };
    }
    const low = names.map((name) => this.#rounded(name));
    if (this.#onlyRounds) return { name: this.graph.node(op, low, attributes), shape };
    return { name: this.#cast(this.graph.node(op, low, attributes), 'float32'), shape };
  }

  /** An operand in the precision of products; one that several read is rounded once. */
  #rounded(name: string): string {
    const { precision } = this;
    return this.once(`${precision}(${name})`, () => {
      const low = this.#cast(name, precision);
      if (!this.#onlyRounds) return { name: low, shape: [] };
      // onnxruntime removes a cast to half precision and back, and so also the rounding. A node between the casts prevents this.
      const kept = this.graph.node('Concat', [low], { axis: int(0) });
      return { name: this.#cast(kept, 'float32'), shape: [] };
    }).name;
  }

  #cast(name: string, to: Precision): string {
    return this.graph.node('Cast', [name], { to: int(ONNX_TYPE[to]) });
  }

  /**
   * An operator of `@ichor/native-operators`, whose header says what goes in and out.
   *
   * @param shapes of its outputs
   */
  native(
    op: string,
    inputs: readonly Value[],
    shapes: readonly Shape[],
    attributes: OnnxAttributes = {},
  ): readonly Value[] {
    const names = inputs.map(({ name }) => name);
    const outputs = this.graph.nodes(op, names, shapes.length, attributes, { domain: NATIVE });
    return shapes.map((shape, i) => ({ name: outputs[i] ?? '', shape }));
  }

  input(name: string, shape: Shape): Value {
    return { name: this.graph.input(name, shape), shape };
  }

  output(name: string, value: Value): void {
    this.graph.output(name, value.name, value.shape);
  }

  scalar(value: number): Value {
    return { name: this.graph.number(value), shape: [] };
  }

  constant(key: string, shape: Shape, data: () => Float32Array): Value {
    return { name: this.graph.floats(key, shape, data), shape };
  }

  /** A constant tensor of int64 under a key, to {@link gather} by. */
  indices(key: string, shape: Shape, data: () => BigInt64Array): Value {
    return { name: this.graph.indices(key, shape, data), shape };
  }

  /** The slices of `x` along an axis in the order of the vector `indices`. */
  gather(x: Value, indices: Value, axis: number): Value {
    const shape = x.shape.map((extent, i) => (i === axis ? elementCount(indices.shape) : extent));
    return this.node('Gather', [x, indices], shape, { axis: int(axis) });
  }

  unary(op: string, x: Value): Value {
    return this.node(op, [x], x.shape);
  }

  clip(x: Value, low: number, high: number): Value {
    return this.node('Clip', [x, this.scalar(low), this.scalar(high)], x.shape);
  }

  add(a: Value, b: Value): Value {
    return this.#binary('Add', a, b);
  }

  sub(a: Value, b: Value): Value {
    return this.#binary('Sub', a, b);
  }

  mul(a: Value, b: Value): Value {
    return this.#binary('Mul', a, b);
  }

  div(a: Value, b: Value): Value {
    return this.#binary('Div', a, b);
  }

  scale(x: Value, factor: number): Value {
    return factor === 1 ? x : this.mul(x, this.scalar(factor));
  }

  /** `yes` where `condition` is true, else `no`; a comparison has made the condition. */
  where(condition: Value, yes: Value, no: Value): Value {
    return this.node(
      'Where',
      [condition, yes, no],
      broadcast(broadcast(condition.shape, yes.shape), no.shape),
    );
  }

  /** `value` where `positive`, the output of a ReLU, is above zero, else zero. */
  whereAbove(positive: Value, value: Value): Value {
    if (this.dialect === 'portable') {
      const zero = this.scalar(0);
      return this.where(this.compare('Greater', positive, zero), value, zero);
    }
    if (this.dialect === 'native' && positive.shape.join() === value.shape.join()) {
      return operand(this.native('ReluGradient', [value, positive], [value.shape]), 0);
    }
    // min(3e38 y, 1): a mask of floats, so that the product can overwrite it; `Where` needs room of its own.
    const steep = { alpha: float(3e38), beta: float(0) };
    return this.mul(this.node('HardSigmoid', [positive], positive.shape, steep), value);
  }

  compare(op: 'Greater' | 'Equal', a: Value, b: Value): Value {
    return this.#binary(op, a, b);
  }

  reshape(x: Value, shape: Shape): Value {
    const whole = this.asMade(x);
    if (whole.shape.join() === shape.join()) return whole;
    const name = this.graph.node('Reshape', [whole.name, this.graph.integers(shape)]);
    this.#made.set(name, whole);
    return { name, shape };
  }

  /** The same numbers in the shape in which an operator made them. */
  asMade(x: Value): Value {
    return this.#made.get(x.name) ?? x;
  }

  transpose(x: Value, permutation: readonly number[]): Value {
    const shape = permutation.map((axis) => x.shape[axis] ?? 1);
    // Moving only axes of size 1 changes nothing in memory.
    const moved = permutation.filter((axis) => x.shape[axis] !== 1);
    if (moved.every((axis, i) => i === 0 || axis > (moved[i - 1] ?? -1))) return this.reshape(x, shape);
    return this.node('Transpose', [x], shape, { perm: ints(permutation) });
  }

  expand(x: Value, shape: Shape): Value {
    return { name: this.graph.node('Expand', [x.name, this.graph.integers(shape)]), shape };
  }

  concat(values: readonly Value[], axis: number): Value {
    const [first] = values;
    if (first !== undefined && values.length === 1) return first;
    const size = values.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0);
    const shape = (first?.shape ?? []).map((extent, i) => (i === axis ? size : extent));
    const joined = this.node('Concat', values, shape, { axis: int(axis) });
    if (axis === 1) this.#parts.set(joined.name, values);
    return joined;
  }

  /** What a value was concatenated of along the channels (axis 1). */
  partsOf(x: Value): readonly Value[] | undefined {
    return this.#parts.get(x.name);
  }

  split(x: Value, sizes: readonly number[], axis: number): Value[] {
    if (sizes.length === 1) return [x];
    const names = this.graph.nodes('Split', [x.name, this.graph.integers(sizes)], sizes.length, {
      axis: int(axis),
    });
    return names.map((name, i) => ({
      name,
      shape: x.shape.map((extent, a) => (a === axis ? (sizes[i] ?? 0) : extent)),
    }));
  }

  /** Along the two last axes: rows and columns from `start`, `count` of them, `step` apart. */
  window(x: Value, start: Pair, count: Pair, step: Pair): Value {
    const rank = x.shape.length;
    const axes = [rank - 2, rank - 1];
    const whole = [0, 1].every((i) => start[i] === 0 && step[i] === 1 && count[i] === x.shape[axes[i] ?? 0]);
    if (whole) return x;
    const ends = [0, 1].map((i) => (start[i] ?? 0) + ((count[i] ?? 1) - 1) * (step[i] ?? 1) + 1);
    const integers = [start, ends, axes, step].map((values) => this.graph.integers(values));
    return {
      name: this.graph.node('Slice', [x.name, ...integers]),
      shape: [...x.shape.slice(0, -2), ...count],
    };
  }

  /** Pads (or, where negative, crops) the two last axes. */
  pad(x: Value, padding: Padding2d, value = 0): Value {
    const [rows = 1, columns = 1] = x.shape.slice(-2);
    const cropTop = Math.max(-padding.top, 0);
    const cropLeft = Math.max(-padding.left, 0);
    const cropped = this.window(
      x,
      [cropTop, cropLeft],
      [rows - cropTop - Math.max(-padding.bottom, 0), columns - cropLeft - Math.max(-padding.right, 0)],
      [1, 1],
    );
    const before = [Math.max(padding.top, 0), Math.max(padding.left, 0)];
    const after = [Math.max(padding.bottom, 0), Math.max(padding.right, 0)];
    if ([...before, ...after].every((extent) => extent === 0)) return cropped;
    const none = x.shape.slice(0, -2).map(() => 0);
    return this.padAxes(cropped, [...none, ...before], [...none, ...after], value);
  }

  padAxes(x: Value, before: readonly number[], after: readonly number[], value = 0): Value {
    const inputs = [x.name, this.graph.integers([...before, ...after]), this.graph.number(value)];
    return {
      name: this.graph.node('Pad', inputs),
      shape: x.shape.map((extent, axis) => extent + (before[axis] ?? 0) + (after[axis] ?? 0)),
    };
  }

  /** Sums over axes and keeps them with size 1. */
  sum(x: Value, axes: readonly number[]): Value {
    return {
      name: this.graph.node('ReduceSum', [x.name, this.graph.integers(axes)], { keepdims: int(1) }),
      shape: x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent)),
    };
  }

  /** Sums over axes and removes them. */
  total(x: Value, axes: readonly number[]): Value {
    return {
      name: this.graph.node('ReduceSum', [x.name, this.graph.integers(axes)], { keepdims: int(0) }),
      shape: x.shape.filter((_, axis) => !axes.includes(axis)),
    };
  }

  mean(x: Value, axes: readonly number[]): Value {
    const shape = x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
    return this.node('ReduceMean', [x], shape, { axes: ints(axes), keepdims: int(1) });
  }

  /** Matrix product of the two last axes; those before are equal, or missing from one operand. */
  product(a: Value, b: Value, transposed: { readonly a?: boolean; readonly b?: boolean } = {}): Value {
    const rank = Math.max(a.shape.length, b.shape.length);
    const batch = (a.shape.length === rank ? a : b).shape.slice(0, -2);
    const rows = a.shape.at(transposed.a ? -1 : -2) ?? 1;
    const columns = b.shape.at(transposed.b ? -2 : -1) ?? 1;
    const shape = [...batch, rows, columns];
    if (!transposed.a && !transposed.b) return this.node('MatMul', [a, b], shape);
    if (this.dialect !== 'portable') {
      const attributes = { transA: int(transposed.a ? 1 : 0), transB: int(transposed.b ? 1 : 0) };
      return this.node('FusedMatMul', [a, b], shape, attributes, MICROSOFT);
    }
    return this.node(
      'MatMul',
      [transposed.a ? this.transposeLast(a) : a, transposed.b ? this.transposeLast(b) : b],
      shape,
    );
  }

  transposeLast(x: Value): Value {
    const rank = x.shape.length;
    const permutation = x.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
    return this.transpose(x, permutation);
  }

  /**
   * Dot products of the rows of `a` with those of `b`, both cut into rows of `length` numbers.
   *
   * @param shape of the result, one number a row
   */
  rowDots(a: Value, b: Value, length: number, shape: Shape): Value {
    const rows = elementCount(shape);
    if (this.dialect === 'portable' || length < SHORT_ROW) {
      const terms = this.mul(this.reshape(a, [rows, length]), this.reshape(b, [rows, length]));
      return this.reshape(this.total(terms, [1]), shape);
    }
    const row = [rows, 1, length];
    return this.reshape(this.product(this.reshape(a, row), this.reshape(b, row), { b: true }), shape);
  }

  /** x [N, I, H, W] with weights [O, I / groups, kh, kw]. */
  conv(x: Value, weight: Value, geometry: ConvGeometry, padding: Padding2d, bias?: Value): Value {
    const { kernel, stride, dilation } = geometry;
    const [batch = 1, , height = 1, width = 1] = x.shape;
    const shape = [
      batch,
      weight.shape[0] ?? 1,
      convSize(height, kernelExtent(kernel[0], dilation[0]), stride[0], padding.top + padding.bottom),
      convSize(width, kernelExtent(kernel[1], dilation[1]), stride[1], padding.left + padding.right),
    ];
    const inputs = bias === undefined ? [x, weight] : [x, weight, bias];
    return this.node('Conv', inputs, shape, convAttributes(geometry, padding));
  }

  /** Means of windows, padding counted as zeros. */
  averagePool(x: Value, kernel: Pair, stride: Pair, padding: Padding2d = NO_PADDING): Value {
    const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
    const shape = [
      batch,
      channels,
      convSize(height, kernel[0], stride[0], padding.top + padding.bottom),
      convSize(width, kernel[1], stride[1], padding.left + padding.right),
    ];
    return this.node('AveragePool', [x], shape, {
      kernel_shape: ints(kernel),
      strides: ints(stride),
      pads: onnxPads(padding),
      count_include_pad: int(1),
    });
  }

  /** (x - mean) / sqrt(variance + eps) * scale + bias. */
  batchNormalization(x: Value, { scale, bias, mean, variance, eps }: ChannelNormalization): Value {
    return this.node('BatchNormalization', [x, scale, bias, mean, variance], x.shape, {
      epsilon: float(eps),
    });
  }

  /** x * scale + bias in one pass; scale and bias are vectors [C]. */
  affine(x: Value, scale: Value, bias: Value): Value {
    const channels = elementCount(scale.shape);
    const filled = (value: number) =>
      this.constant(`${channels} times ${value}`, [channels], () => new Float32Array(channels).fill(value));
    return this.batchNormalization(x, { scale, bias, mean: filled(0), variance: filled(1), eps: 0 });
  }

  /** x * scale + bias + addend; scale and bias are vectors [C]. */
  affinePlus(x: Value, scale: Value, bias: Value, addend: Value): Value {
    const [, channels = 1, ...size] = x.shape;
    const isWhole = addend.shape.join() === x.shape.join();
    if (this.dialect === 'portable' || !isWhole || size.length !== 2 || elementCount(size) < LONG_IMAGE)
      return this.add(this.affine(x, scale, bias), addend);
    // A depthwise 1x1 convolution that adds: one pass that has threads, which BatchNormalization has not.
    const weight = this.reshape(scale, [channels, 1, 1, 1]);
    const attributes = { kernel_shape: ints([1, 1]), group: int(channels) };
    return this.node('FusedConv', [x, weight, bias, addend], x.shape, attributes, MICROSOFT);
  }

  /** A vector [C] shaped to act on the channels of a tensor of this rank. */
  perChannel(vector: Value, rank: number): Value {
    const channels = elementCount(vector.shape);
    return this.reshape(vector, [1, channels, ...Array<number>(rank - 2).fill(1)]);
  }

  /**
   * ONNX's Scan over the first axis of `sequences`: `step` computes, from the states before a step and from the values of the sequences
   * at that step, the states after it and the values to keep.
   *
   * @param backwards from the last step to the first; each result is still stored at its own step
   * @returns what was kept of all steps, [T, ...] each
   */
  scan(
    states: readonly Value[],
    sequences: readonly Value[],
    backwards: boolean,
    step: (
      emit: Emitter,
      states: readonly Value[],
      slices: readonly Value[],
    ) => { readonly states: readonly Value[]; readonly kept: readonly Value[] },
  ): readonly Value[] {
    const name = `Scan_${this.#scans++}`;
    const body = new Emitter(
      // The body of a loop has no part of the model in which a domain of operators could be declared.
      this.dialect === 'native' ? 'cpu' : this.dialect,
      { precision: this.precision, halfProducts: !this.#onlyRounds },
      new OnnxGraph(`${name}/`),
    );
    const before = states.map(({ shape }, i) => body.input(`${name}/state ${i}`, shape));
    const slices = sequences.map(({ shape }, i) => body.input(`${name}/slice ${i}`, shape.slice(1)));
    const after = step(body, before, slices);
    after.states.forEach((state, i) => body.output(`${name}/next state ${i}`, state));
    after.kept.forEach((value, i) => body.output(`${name}/kept ${i}`, value));
    const steps = sequences[0]?.shape[0] ?? 0;
    const direction = backwards ? 1 : 0;
    const names = this.graph.nodes(
      'Scan',
      [...states, ...sequences].map((value) => value.name),
      after.states.length + after.kept.length,
      {
        body: { kind: 'graph', value: body.graph.model(name) },
        num_scan_inputs: int(sequences.length),
        scan_input_directions: ints(sequences.map(() => direction)),
        scan_output_directions: ints(after.kept.map(() => direction)),
      },
      { name },
    );
    return after.kept.map(({ shape }, i) => ({
      name: names[after.states.length + i] ?? '',
      shape: [steps, ...shape],
    }));
  }

  #binary(op: string, a: Value, b: Value): Value {
    return this.node(op, [a, b], broadcast(a.shape, b.shape));
  }
}

function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const sizeA = a[i - rank + a.length] ?? 1;
    const sizeB = b[i - rank + b.length] ?? 1;
    return sizeA === 1 ? sizeB : sizeA;
  });
}
