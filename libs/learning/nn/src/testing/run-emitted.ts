import type { Shape, Tensor } from '../tensor.js';
import { channelBlockProbe } from '../training/block-probe.js';
import { Emitter, type Dialect, type Value } from '../training/emitter.js';
import { runOnnx, type Onnxruntime } from './run-onnx.js';

/** Runs a model once and returns the outputs, whose shapes are stated. */
export type Run = (
  model: Uint8Array,
  inputs: Readonly<Record<string, Tensor>>,
  outputs: Readonly<Record<string, Shape>>,
) => Record<string, Tensor>;

/** How a graph is written: its operators, and the channels of a block where blocks are used. */
export interface Lowering {
  readonly dialect: Dialect;
  readonly channelBlock?: number;
  /** Default: onnxruntime's package, which cannot load other operators. */
  readonly run?: Run;
}

/**
 * The ways of writing that this processor can run, with their names; the first uses blocks of channels where the
 * processor has them (AVX2 or AVX-512).
 *
 * @param native runs a model with the native operators, where these are there
 */
export async function lowerings(
  ort: Onnxruntime,
  native?: Run,
): Promise<readonly (readonly [string, Lowering])[]> {
  const channelBlock = await blockOfProcessor(ort);
  return [
    ...(channelBlock === undefined ? [] : [['cpu, blocks', { dialect: 'cpu', channelBlock }] as const]),
    ['cpu', { dialect: 'cpu' }],
    ['portable', { dialect: 'portable' }],
    ...(native === undefined ? [] : [['native', { dialect: 'native', run: native }] as const]),
  ];
}

async function blockOfProcessor(ort: Onnxruntime): Promise<number | undefined> {
  try {
    const { blocks } = await runOnnx(ort, channelBlockProbe(), {
      x: { shape: [1, 4, 1, 1], data: new Float32Array(4) },
    });
    return blocks?.shape[1];
  } catch {
    return undefined;
  }
}

/**
 * Writes a graph on the given inputs and runs it.
 *
 * @returns the values that `build` names
 * @throws Error where a shape is not the one that the emitter stated
 */
export async function runEmitted(
  ort: Onnxruntime,
  { dialect, channelBlock, run }: Lowering,
  inputs: Readonly<Record<string, Tensor>>,
  build: (emit: Emitter, inputs: Readonly<Record<string, Value>>) => Readonly<Record<string, Value>>,
): Promise<Record<string, Tensor>> {
  const emit = new Emitter(dialect, { channelBlock });
  const values = Object.entries(inputs).map(([name, { shape }]) => [name, emit.input(name, shape)] as const);
  const results = build(emit, Object.fromEntries(values));
  for (const [name, value] of Object.entries(results)) emit.output(name, value);
  const model = emit.graph.encode('spec');
  if (run !== undefined) return run(model, inputs, shapesOf(results));
  const outputs = await runOnnx(ort, model, inputs);
  for (const [name, { shape }] of Object.entries(results)) {
    const found = outputs[name]?.shape;
    if (found?.join() !== shape.join()) throw new Error(`${name} has the shape ${found}, stated is ${shape}`);
  }
  return outputs;
}

/** Of values by name; onnxruntime refuses an output of another shape. */
function shapesOf(values: Readonly<Record<string, Value>>): Record<string, Shape> {
  return Object.fromEntries(Object.entries(values).map(([name, { shape }]) => [name, shape]));
}
