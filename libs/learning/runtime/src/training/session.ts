import { decays, isLearned, type MaskKey, type Network, type StateDict, type Tensor } from '@ichor/nn';
import type {
  Batch,
  InferenceSession,
  StepOptions,
  StepResult,
  TrainingOptions,
  TrainingSession,
  TrainingState,
} from '../engine.js';
import { EngineError } from '../error.js';
import { ParameterMemory } from '../optimizer/memory.js';
import { Optimizer, momentNames } from '../optimizer/optimizer.js';
import { ParameterStore, type MeasuredStatistics } from './parameter-store.js';

/** One forward and backward pass of an engine. */
export interface GradientResult {
  readonly loss: number;
  readonly logits: Tensor;
  /** Of every batch norm that used the statistics of the batch. */
  readonly statistics: readonly MeasuredStatistics[];
}

/** What an engine adds to a training session. */
export interface GradientSource {
  /** Writes the gradients of all trained parameters to the memory's `gradients`. */
  run(batch: Batch, key: Omit<MaskKey, 'value'>): Promise<GradientResult>;
  dispose(): Promise<void>;
}

/** Where an engine reads the parameters, and where it leaves their gradients. */
export interface ParameterAccess {
  readonly store: ParameterStore;
  readonly memory: ParameterMemory;
}

export interface TrainingBackend {
  /** Of the optimizer. Default: 1 */
  readonly threads?: number;
  gradients(parameters: ParameterAccess): GradientSource;
  /** A session of evaluation with the given parameters. */
  inference(state: StateDict): Promise<InferenceSession>;
}

/** Training by any engine: parameters, optimizer, micro-batches, running statistics, saved state. */
export class EngineTraining implements TrainingSession {
  readonly #network: Network;
  readonly #backend: TrainingBackend;
  readonly #memory: ParameterMemory;
  readonly #store: ParameterStore;
  readonly #moments: readonly string[];
  readonly #optimizer: Optimizer;
  readonly #source: GradientSource;
  readonly #trained: readonly string[];
  #steps = 0;
  #seed: number;
  /** Made from the current parameters; disposed when the parameters change. */
  #evaluation: InferenceSession | undefined;

  /** @throws EngineError `runtime/state` when `state` does not fit the network, `runtime/memory` */
  constructor(network: Network, state: StateDict, options: TrainingOptions, backend: TrainingBackend) {
    const { trainable = () => true } = options;
    const trained = network.parameters.filter((p) => isLearned(p) && trainable(p.name));
    this.#network = network;
    this.#backend = backend;
    this.#trained = trained.map(({ name }) => name);
    this.#moments = momentNames(options.optimizer);
    const ofWeights = options.optimizer.decayOf === 'weights';
    this.#memory = new ParameterMemory(
      trained,
      this.#moments.length,
      ofWeights ? decays : undefined,
      backend.threads,
    );
    this.#store = new ParameterStore(network, new Set(this.#trained), this.#memory);
    this.#store.assign(state);
    this.#source = backend.gradients({ store: this.#store, memory: this.#memory });
    // The last, because its threads must be ended.
    this.#optimizer = new Optimizer(options.optimizer, this.#memory);
    this.#seed = options.seed ?? 0;
  }

  async step(batches: Batch | readonly Batch[], options: StepOptions): Promise<StepResult> {
    const list: readonly Batch[] = isList(batches) ? batches : [batches];
    const samples = list.reduce((sum, { targets }) => sum + (targets.shape[0] ?? 0), 0);
    if (samples === 0)
      throw new EngineError({ code: 'runtime/batch', reason: 'a step needs at least one sample' });
    const gradients = this.#memory.flat('gradients');
    // A single batch leaves its gradients where the optimizer reads them.
    const sum = list.length > 1 ? new Float32Array(gradients.length) : undefined;
    let loss = 0;
    for (const [index, batch] of list.entries()) {
      const share = (batch.targets.shape[0] ?? 0) / samples;
      const result = await this.#source.run(batch, { seed: this.#seed, step: this.#steps, batch: index });
      loss += share * result.loss;
      this.#store.mixStatistics(result.statistics);
      if (sum !== undefined) for (let i = 0; i < sum.length; i++) sum[i]! += share * gradients[i]!;
    }
    if (sum !== undefined) gradients.set(sum);
    this.#steps += 1;
    const gradientNorm = this.#optimizer.update(this.#steps, options);
    await this.#parametersChanged();
    return { loss, gradientNorm };
  }

  async measureStatistics(batches: AsyncIterable<Batch>): Promise<void> {
    let measured = 0;
    for await (const batch of batches) {
      const key = { seed: this.#seed, step: this.#steps, batch: measured };
      const { statistics } = await this.#source.run(batch, key);
      measured++;
      // The share of the newest value in a mean of so many; the first value replaces the old one.
      this.#store.mixStatistics(statistics, 1 / measured);
    }
    await this.#parametersChanged();
  }

  async gradients(
    batch: Batch,
  ): Promise<{ readonly loss: number; readonly logits: Tensor; readonly gradients: StateDict }> {
    const { loss, logits } = await this.#source.run(batch, { seed: this.#seed, step: this.#steps, batch: 0 });
    return { loss, logits, gradients: this.#copies('gradients') };
  }

  async predict(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    this.#evaluation ??= await this.#backend.inference(this.#store.all());
    return this.#evaluation.run(inputs);
  }

  parameters(): StateDict {
    return this.#store.copies();
  }

  save(): TrainingState {
    const optimizer = new Map<string, Tensor>();
    for (const [index, moment] of this.#moments.entries()) {
      for (const [name, tensor] of this.#copies(`moment${index}`)) optimizer.set(`${moment}/${name}`, tensor);
    }
    return { parameters: this.parameters(), optimizer, steps: this.#steps, seed: this.#seed };
  }

  restore(state: TrainingState): void {
    const moments = this.#moments.flatMap((moment, index) =>
      this.#trained.map((name) => {
        const view = this.#memory.view(`moment${index}`, name);
        const saved = state.optimizer.get(`${moment}/${name}`);
        if (saved?.data.length === view.length) return { view, data: saved.data };
        throw new EngineError({
          code: 'runtime/restore',
          reason: `the saved state has no "${moment}/${name}" of ${view.length} numbers`,
          remedy: 'restore with the optimizer and the trained parameters of the saved run',
        });
      }),
    );
    this.#store.assign(state.parameters);
    for (const { view, data } of moments) view.set(data);
    this.#steps = state.steps;
    this.#seed = state.seed;
    void this.#parametersChanged();
  }

  async dispose(): Promise<void> {
    this.#optimizer.dispose();
    await this.#source.dispose();
    await this.#parametersChanged();
  }

  #copies(section: 'gradients' | `moment${number}`): StateDict {
    const copies = new Map<string, Tensor>();
    for (const { name, shape } of this.#network.parameters) {
      if (!this.#store.trains(name)) continue;
      copies.set(name, { shape, data: this.#memory.view(section, name).slice() });
    }
    return copies;
  }

  async #parametersChanged(): Promise<void> {
    const evaluation = this.#evaluation;
    this.#evaluation = undefined;
    await evaluation?.dispose();
  }
}

function isList(batches: Batch | readonly Batch[]): batches is readonly Batch[] {
  return Array.isArray(batches);
}
