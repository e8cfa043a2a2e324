import type { Tensor } from '../tensor.js';
import { channelBlockProbe } from '../training/block-probe.js';
import { Emitter, type Dialect, type Value } from '../training/emitter.js';
import { runOnnx, type Onnxruntime } from './run-onnx.js';

/** How a graph is written: its operators, and the channels of a block where blocks are used. */
export interface Lowering {
  readonly dialect: Dialect;
  readonly channelBlock?: number;
}

/**
 * The ways of writing that this processor can run, with their names; the first uses blocks of channels where the
 * processor has them (AVX2 or AVX-512).
 */
export async function lowerings(ort: Onnxruntime): Promise<readonly (readonly [string, Lowering])[]> {
  const channelBlock = await blockOfProcessor(ort);
  return [
    ...(channelBlock === undefined ? [] : [['cpu, blocks', { dialect: 'cpu', channelBlock }] as const]),
    ['cpu', { dialect: 'cpu' }],
    ['portable', { dialect: 'portable' }],
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
  { dialect, channelBlock }: Lowering,
  inputs: Readonly<Record<string, Tensor>>,
  build: (emit: Emitter, inputs: Readonly<Record<string, Value>>) => Readonly<Record<string, Value>>,
): Promise<Record<string, Tensor>> {
  const emit = new Emitter(dialect, { channelBlock });
  const values = Object.entries(inputs).map(([name, { shape }]) => [name, emit.input(name, shape)] as const);
  const results = build(emit, Object.fromEntries(values));
  for (const [name, value] of Object.entries(results)) emit.output(name, value);
  const outputs = await runOnnx(ort, emit.graph.encode('spec'), inputs);
  for (const [name, { shape }] of Object.entries(results)) {
    const found = outputs[name]?.shape;
    if (found?.join() !== shape.join()) throw new Error(`${name} has the shape ${found}, stated is ${shape}`);
  }
  return outputs;
}
