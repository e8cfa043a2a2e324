import {
  featureMaps,
  heatMapOf,
  inputRecipe,
  modelNetwork,
  Preparer,
  sampleSize,
  withFeatureMaps,
} from '@ichor/base-model';
import { trainedNetworks, type TrainedNetwork } from '@ichor/bundle';
import { IchorError } from '@ichor/files';
import type { StateDict } from '@ichor/nn';
import type { HeatMap } from '@ichor/windowing/pictures';
import { createEngine, type Engine, type InferenceSession } from '@ichor/runtime';
import { LABELS, type Label, type Layout } from '@ichor/tables';
import { readWeights } from '@ichor/training';
import type { TrainingSet } from '../predictions/training-set.js';

interface Loaded {
  readonly network: TrainedNetwork;
  readonly state: StateDict;
  readonly session: InferenceSession;
}

/** Grad-CAM of slices of the training set, by a network that did not train on them. One fold is loaded at a time. */
export class HeatMaps {
  readonly model: string;
  readonly #engine: Engine;
  readonly #networks: readonly TrainedNetwork[];
  readonly #set: TrainingSet;
  #loaded: Loaded | undefined;

  private constructor(model: string, engine: Engine, networks: readonly TrainedNetwork[], set: TrainingSet) {
    this.model = model;
    this.#engine = engine;
    this.#networks = networks;
    this.#set = set;
  }

  /**
   * Explains with the first of the models that has weights; stackers have no weights that see pictures.
   *
   * @returns undefined when no model has weights
   */
  static async open(
    layout: Layout,
    models: readonly string[],
    set: TrainingSet,
  ): Promise<HeatMaps | undefined> {
    for (const model of models) {
      const networks = await trainedNetworks(layout, [model]).catch((error: unknown) => {
        if (error instanceof IchorError) return [];
        throw error;
      });
      if (networks.length > 0) return new HeatMaps(model, await createEngine('auto'), networks, set);
    }
    return undefined;
  }

  /**
   * Undefined when there is no network of the slice's fold, no region supports the label, or its maps have
   * one cell.
   */
  async of(id: string, label: Label): Promise<HeatMap | undefined> {
    const { fold } = this.#set.place(id);
    const network = this.#networks.find((one) => one.fold === fold);
    if (!network) return undefined;
    const { state, session } = await this.#use(network);
    const { settings } = network;
    const input = new Float32Array(sampleSize(settings));
    const files = this.#set.inputFiles(id, settings.neighbours);
    await new Preparer(inputRecipe(settings)).prepare({ id, files, variants: [{ kind: 'plain' }] }, input, 0);
    return heatMapOf([{ settings, state, session, input }], LABELS.indexOf(label));
  }

  async close(): Promise<void> {
    await this.#loaded?.session.dispose();
    this.#loaded = undefined;
  }

  async #use(network: TrainedNetwork): Promise<Loaded> {
    if (this.#loaded?.network === network) return this.#loaded;
    await this.close();
    const state = await readWeights(network.weights);
    const graph = withFeatureMaps(modelNetwork(network.settings));
    const session = await this.#engine.inference(graph, state, { outputs: [featureMaps, 'logits'] });
    this.#loaded = { network, state, session };
    return this.#loaded;
  }
}
