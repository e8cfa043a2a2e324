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
} from '@ichor/nn';
import type { Batch, TrainingOptions } from '../engine.js';
import { EngineError } from '../error.js';
import type { ParameterMemory } from '../optimizer/memory.js';
import type { ParameterStore } from '../training/parameter-store.js';
import type { GradientResult, GradientSource, ParameterAccess } from '../training/session.js';
import type { GraphRunner, GraphSession } from './graph-session.js';
import { filled } from './tensors.js';

interface CompiledGraph {
  readonly graph: TrainingGraph;
  readonly session: GraphSession;
  /** Parameters, in place. */
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** Gradients go where the optimizer reads them. */
  readonly outputs: Readonly<Record<string, Tensor>>;
}

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
  readonly #runner: GraphRunner;
  /** By shapes of the inputs, least recently used first. */
  readonly #compiled = new Map<string, CompiledGraph>();

  constructor(
    network: Network,
    { store, memory }: ParameterAccess,
    options: TrainingOptions,
    runner: GraphRunner,
  ) {
    this.#network = network;
    this.#store = store;
    this.#memory = memory;
    this.#options = options;
    this.#runner = runner;
  }

  async run(batch: Batch, key: Omit<MaskKey, 'value'>): Promise<GradientResult> {
    const { graph, session, feeds, outputs } = await this.#graphFor(batch);
    const all: Record<string, Tensor> = { ...feeds };
    for (const [name, port] of graph.inputs) all[port.port] = checked(batch.inputs[name], port, name);
    all[graph.targets.port] = checked(batch.targets, graph.targets, 'targets');
    if (graph.weights !== undefined)
      all[graph.weights.port] = checked(batch.weights, graph.weights, 'weights');
    for (const { name, shape, randomness, value } of graph.random) {
      all[name] = { shape, data: randomValues({ ...key, value }, randomness, shape) };
    }
    await this.#scaled(graph.lossScale, (scale) => session.run({ ...all, ...scale }, outputs));
    // A copy: the next run writes to the same memory.
    const output = (port: string): Tensor => {
      const tensor = outputs[port];
      if (tensor === undefined)
        throw new EngineError({ code: 'runtime/output', reason: `"${port}" is missing` });
      return { shape: tensor.shape, data: tensor.data.slice() };
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
    run: (scale: Record<string, Tensor>) => Promise<void>,
  ): Promise<void> {
    if (port === undefined) return run({});
    const gradients = this.#memory.flat('gradients');
    for (let scale = LARGEST_SCALE; ; scale /= SMALLER) {
      await run({ [port.port]: { shape: port.shape, data: Float32Array.of(scale) } });
      const isFinite = gradients.every((value) => Number.isFinite(value));
      if (isFinite) for (let i = 0; i < gradients.length; i++) gradients[i]! /= scale;
      if (isFinite || scale <= 1) return;
    }
  }

  async dispose(): Promise<void> {
    for (const { session } of this.#compiled.values()) await session.dispose();
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
      await oldest[1].session.dispose();
    }
    return compiled;
  }

  async #compile(shapes: Readonly<Record<string, Shape>>): Promise<CompiledGraph> {
    const { loss, logits = 'logits', frozenBatchNorm = false } = this.#options;
    const graph = lowerTraining(this.#network, shapes, {
      loss,
      logits,
      frozenBatchNorm,
      ...this.#runner.lowering,
      trainable: (name) => this.#store.trains(name),
    });
    const session = await this.#runner.open(graph);
    const feeds: Record<string, Tensor> = {};
    for (const [name, { port }] of graph.parameters) {
      feeds[port] = filled(this.#store.tensor(name), `parameter "${name}"`);
    }
    const outputs: Record<string, Tensor> = {};
    const allocate = (port: string, shape: Shape) => {
      outputs[port] = { shape, data: new Float32Array(elementCount(shape)) };
    };
    allocate(graph.loss.port, graph.loss.shape);
    allocate(graph.logits.port, graph.logits.shape);
    for (const { meanPort, variancePort, channels } of graph.statistics) {
      allocate(meanPort, [channels]);
      allocate(variancePort, [channels]);
    }
    for (const [name, { port, shape }] of graph.gradients) {
      outputs[port] = { shape, data: this.#memory.view('gradients', name) };
    }
    return { graph, session, feeds, outputs };
  }
}

function checked(tensor: Tensor | undefined, port: Port, name: string): Tensor {
  if (tensor?.shape.join() !== port.shape.join()) {
    throw new EngineError({
      code: 'runtime/input',
      reason: `"${name}" expects [${port.shape.join(', ')}], received ${
        tensor === undefined ? 'nothing' : `[${tensor.shape.join(', ')}]`
      }`,
    });
  }
  return filled(tensor, `"${name}"`);
}
