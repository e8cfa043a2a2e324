import type * as ort from 'onnxruntime-node';
import {
  elementCount,
  lowerTraining,
  randomValues,
  type MaskKey,
  type Network,
  type Port,
  type Shape,
  type Tensor,
  type TrainingGraph,
  type TrainingLowering,
} from '@ichor/nn';
import type { Batch, TrainingOptions } from '../engine.js';
import { EngineError } from '../error.js';
import type { ParameterMemory } from '../optimizer/memory.js';
import type { ParameterStore } from '../training/parameter-store.js';
import type { GradientResult, GradientSource, ParameterAccess } from '../training/session.js';
import { onnxRuntime } from './library.js';
import { runInPlace } from './run-in-place.js';
import { fromOrtTensor, toOrtTensor } from './tensors.js';

interface CompiledGraph {
  readonly graph: TrainingGraph;
  readonly session: ort.InferenceSession;
  /** Parameters, in place. */
  readonly feeds: Readonly<Record<string, ort.Tensor>>;
  /** Gradients go where the optimizer reads them. */
  readonly fetches: Readonly<Record<string, ort.Tensor>>;
}

/** What a provider supports. */
export type GraphLowering = Pick<TrainingLowering, 'dialect' | 'channelBlock' | 'precision' | 'halfProducts'>;

/** Loss scales that are tried with float16, one after the other: 2^12, 2^8, 2^4, 1. */
const [LARGEST_SCALE, SMALLER] = [4096, 16];

/** Training graphs are made for one shape of the inputs; few are kept: full batches, the last one, a resize. */
const KEPT_GRAPHS = 3;

/** Runs forward and backward passes; gradients land in the memory's `gradients`. */
export class TrainingGraphs implements GradientSource {
  readonly #network: Network;
  readonly #store: ParameterStore;
  readonly #memory: ParameterMemory;
  readonly #options: TrainingOptions;
  readonly #sessionOptions: ort.InferenceSession.SessionOptions;
  readonly #lowering: GraphLowering;
  /** By shapes of the inputs, least recently used first. */
  readonly #compiled = new Map<string, CompiledGraph>();

  constructor(
    network: Network,
    { store, memory }: ParameterAccess,
    options: TrainingOptions,
    sessionOptions: ort.InferenceSession.SessionOptions,
    lowering: GraphLowering,
  ) {
    this.#network = network;
    this.#store = store;
    this.#memory = memory;
    this.#options = options;
    this.#sessionOptions = sessionOptions;
    this.#lowering = lowering;
  }

  async run(batch: Batch, key: Omit<MaskKey, 'value'>): Promise<GradientResult> {
    const { graph, session, feeds, fetches } = await this.#graphFor(batch);
    const all: Record<string, ort.Tensor> = { ...feeds };
    for (const [name, port] of graph.inputs) all[port.port] = checked(batch.inputs[name], port, name);
    all[graph.targets.port] = checked(batch.targets, graph.targets, 'targets');
    if (graph.weights !== undefined)
      all[graph.weights.port] = checked(batch.weights, graph.weights, 'weights');
    for (const { name, shape, randomness, value } of graph.random) {
      all[name] = new (onnxRuntime().Tensor)(
        'float32',
        randomValues({ ...key, value }, randomness, shape),
        shape,
      );
    }
    await this.#scaled(graph.lossScale, (scale) =>
      runInPlace(session, { ...all, ...scale }, fetches, graph.sequence),
    );
    // A copy: the next run writes to the same memory.
    const output = (port: string): Tensor => {
      const tensor = fetches[port];
      if (tensor === undefined)
        throw new EngineError({ code: 'runtime/output', reason: `"${port}" is missing` });
      const { shape, data } = fromOrtTensor(tensor);
      return { shape, data: data.slice() };
    };
    return {
      loss: output(graph.loss.port).data[0] ?? NaN,
      logits: output(graph.logits.port),
      statistics: graph.statistics.map((entry) => ({
        ...entry,
        mean: output(entry.meanPort).data,
        variance: output(entry.variancePort).data,
      })),
    };
  }

  /**
   * Runs with gradients multiplied by a loss scale, and divides them by it. Where one overflows, the pass is made again with
   * a smaller scale: nothing is kept between steps, so that a resumed training is the same.
   */
  async #scaled(
    port: Port | undefined,
    run: (scale: Record<string, ort.Tensor>) => Promise<void>,
  ): Promise<void> {
    if (port === undefined) return run({});
    const gradients = this.#memory.flat('gradients');
    for (let scale = LARGEST_SCALE; ; scale /= SMALLER) {
      await run({
        [port.port]: new (onnxRuntime().Tensor)('float32', Float32Array.of(scale), port.shape),
      });
      const isFinite = gradients.every((value) => Number.isFinite(value));
      if (isFinite) for (let i = 0; i < gradients.length; i++) gradients[i]! /= scale;
      if (isFinite || scale <= 1) return;
    }
  }

  async dispose(): Promise<void> {
    for (const { session } of this.#compiled.values()) await session.release();
    this.#compiled.clear();
  }

  async #graphFor(batch: Batch): Promise<CompiledGraph> {
    const shapes = Object.fromEntries(Object.entries(batch.inputs).map(([name, { shape }]) => [name, shape]));
    const key = JSON.stringify(shapes);
    const known = this.#compiled.get(key);
    this.#compiled.delete(key);
    const compiled = known ?? (await this.#compile(shapes));
    this.#compiled.set(key, compiled);
    const [oldest] = this.#compiled;
    if (this.#compiled.size > KEPT_GRAPHS && oldest !== undefined) {
      this.#compiled.delete(oldest[0]);
      await oldest[1].session.release();
    }
    return compiled;
  }

  async #compile(shapes: Readonly<Record<string, Shape>>): Promise<CompiledGraph> {
    const { loss, logits = 'logits', frozenBatchNorm = false } = this.#options;
    const graph = lowerTraining(this.#network, shapes, {
      loss,
      logits,
      frozenBatchNorm,
      ...this.#lowering,
      withSequence: this.#lowering.dialect === 'cpu',
      trainable: (name) => this.#store.trains(name),
    });
    const session = await onnxRuntime().InferenceSession.create(graph.model, {
      ...this.#sessionOptions,
      // A memory pattern is a second arena as large as the first, for 3 % of time.
      enableMemPattern: false,
      // Idle threads do not wait in a loop after a run, but leave the processor to those of the optimizer.
      extra: { session: { force_spinning_stop: '1' } },
      // The lowering for the CPU leaves nothing to fuse; looking for it takes seconds in a deep network.
      ...(this.#lowering.dialect === 'cpu' ? { graphOptimizationLevel: 'basic' } : {}),
    });
    const feeds: Record<string, ort.Tensor> = {};
    for (const [name, { port }] of graph.parameters) {
      feeds[port] = toOrtTensor(this.#store.tensor(name), `parameter "${name}"`);
    }
    const fetches: Record<string, ort.Tensor> = {};
    const allocate = (port: string, shape: Shape) => {
      const data = new Float32Array(elementCount(shape));
      fetches[port] = new (onnxRuntime().Tensor)('float32', data, shape);
    };
    allocate(graph.loss.port, graph.loss.shape);
    allocate(graph.logits.port, graph.logits.shape);
    for (const { meanPort, variancePort, channels } of graph.statistics) {
      allocate(meanPort, [channels]);
      allocate(variancePort, [channels]);
    }
    for (const [name, { port, shape }] of graph.gradients) {
      fetches[port] = new (onnxRuntime().Tensor)('float32', this.#memory.view('gradients', name), shape);
    }
    return { graph, session, feeds, fetches };
  }
}

function checked(tensor: Tensor | undefined, port: Port, name: string): ort.Tensor {
  if (tensor?.shape.join() !== port.shape.join()) {
    throw new EngineError({
      code: 'runtime/input',
      reason: `"${name}" expects [${port.shape.join(', ')}], received ${
        tensor === undefined ? 'nothing' : `[${tensor.shape.join(', ')}]`
      }`,
    });
  }
  return toOrtTensor(tensor, `"${name}"`);
}
