import { hounsfieldSlice } from '@ichor/base-model';
import { calibrate, separationOf, type Bundle, type PlattScaling } from '@ichor/bundle';
import type { PlainRecord } from '@ichor/dicom';
import { present } from '@ichor/files';
import type { StudyPlan, StudySlice } from '@ichor/intake';
import type { HeatMap, HounsfieldSlice } from '@ichor/windowing/pictures';
import { studyScore } from '@ichor/predictions';
import type { EngineOptions } from '@ichor/runtime';
import type { Embedding } from '@ichor/stacking';
import { LABELS } from '@ichor/tables';
import { brainWarning } from './brain-share.js';
import { explainingNetworks, heatMapOfSlice, labelToExplain, type HeatMapChoice } from './heat-map.js';
import { identifierWarning } from './identifier-warning.js';
import { keySlices } from './key-slices.js';
import {
  embeddedNetworks,
  labelColumns,
  meanOfNetworks,
  stackStudy,
  type EnsembleAnswer,
  type LabelColumns,
} from './ensemble.js';
import { NetworkLanes } from './network-lanes.js';
import { mustBeNumbers } from './not-a-number.js';
import { readStudy, type ReadSlice } from './read-study.js';
import { PreparedInputs } from './prepared-inputs.js';
import { runNetwork, variantsOf } from './run-network.js';
import { StackerPool } from './stacker-pool.js';

export interface PredictedSlice {
  readonly slice: StudySlice;
  /** Six probabilities as the networks give them. */
  readonly raw: readonly number[];
  readonly calibrated: readonly number[];
  readonly heat?: HeatMap & { readonly label: string };
  /** Direction of a row, then of a column, in patient axes, as the file says; see ImageOrientationPatient. */
  readonly orientation?: readonly number[];
  /** Millimetres between rows, and between columns. */
  readonly pixelSpacing?: readonly [row: number, column: number];
  /** Millimetres across the whole slice. */
  readonly fieldOfView?: { readonly width: number; readonly height: number };
  /** Hounsfield units; made when requested. */
  picture(): HounsfieldSlice;
}

export interface StudyPrediction {
  readonly plan: StudyPlan;
  readonly slices: readonly PredictedSlice[];
  /** Six scores of the study; `studyScore` of the manifest defines them. */
  readonly raw: readonly number[];
  readonly calibrated: readonly number[];
  /** Indices into `slices`, most probable `any` first. */
  readonly keySlices: readonly number[];
  readonly heatMaps: HeatMapChoice;
  readonly warnings: readonly string[];
  /** Files of the series that were not read; the warnings name them too. */
  readonly unreadable: readonly { readonly name: string; readonly reason: string }[];
  /** Every attribute of the first slice: patient, study and equipment. */
  readonly values: PlainRecord;
  /** What it was made from, as {@link fingerprintInputs} tells it. */
  readonly inputs: string;
}

export interface PredictorOptions extends EngineOptions {
  /** Average the test-time augmentation of training; without it a slice is seen once, as it is. */
  readonly augment?: boolean;
  /** Default `key`. */
  readonly heatMaps?: HeatMapChoice;
  /** Bytes of network files that may stay loaded; default 4 GiB. */
  readonly networkBytes?: number;
  /** Open networks that are not prepared as they are: the first result is there sooner. See `prepareNetworks`. */
  readonly prepareLater?: boolean;
  /** After so many more slices of a network. */
  readonly onSlices?: (count: number) => void;
}

/** Predicts studies with a bundle, one at a time; what it keeps does not grow with their number. */
export class StudyPredictor {
  readonly #bundle: Bundle;
  readonly #options: PredictorOptions;
  #lanes: Promise<NetworkLanes> | undefined;
  readonly #stackers: StackerPool;

  constructor(bundle: Bundle, options: PredictorOptions = {}) {
    this.#bundle = bundle;
    this.#options = options;
    this.#stackers = new StackerPool(bundle);
  }

  /** Begins to open networks, so that the first study waits less; what fails then fails again in {@link predict}. */
  warmUp(): void {
    this.#openLanes()
      .then((lanes) => lanes.warmUp())
      .catch(() => undefined);
  }

  /**
   * @throws IchorError when nothing of the study can be read, `predict/not-a-number` when a network has no answer; the
   *   reason of the signal
   */
  async predict(plan: StudyPlan, signal?: AbortSignal): Promise<StudyPrediction> {
    const { calibration } = this.#bundle.manifest;
    const { slices, unreadable: undecoded, values, inputs } = await readStudy(plan, signal);
    const unreadable = [...plan.leftOut, ...undecoded];
    const answer = await this.#ensemble(slices, signal);
    const raw = slices.map((_, index) => answer.slices.map((column) => column[index]!));
    const calibrated = raw.map((row) =>
      row.map((value, label) => scaled(present(calibration.slice[label]), value)),
    );
    const study = answer.study ?? LABELS.map((_, label) => studyScore(raw.map((row) => present(row[label]))));
    const calibratedStudy = study.map((value, label) => scaled(present(calibration.study[label]), value));
    for (const row of [...raw, ...calibrated, study, calibratedStudy]) mustBeNumbers(row, 'the ensemble');
    const keys = keySlices(raw.map(([any]) => present(any)));
    const { heatMaps = 'key' } = this.#options;
    const explained = { all: [...slices.keys()], key: keys, none: [] }[heatMaps];
    const heat = await this.#heatMaps(slices, calibrated, explained, signal);
    const noBrain = await brainWarning(
      slices.map((slice) => () => hounsfieldSlice(slice.decoded, slice.slice.source.name)),
    );
    return {
      plan,
      slices: slices.map((slice, index): PredictedSlice => {
        const map = heat.get(index);
        const {
          ImageOrientationPatient: orientation,
          PixelSpacing: pixelSpacing,
          Rows,
          Columns,
        } = slice.decoded.attributes;
        return {
          slice: slice.slice,
          raw: present(raw[index]),
          calibrated: present(calibrated[index]),
          ...(map ? { heat: map } : {}),
          ...(orientation ? { orientation } : {}),
          ...(pixelSpacing ? { pixelSpacing } : {}),
          ...(pixelSpacing && Rows && Columns
            ? { fieldOfView: { width: pixelSpacing[1] * Columns, height: pixelSpacing[0] * Rows } }
            : {}),
          picture: () => hounsfieldSlice(slice.decoded, slice.slice.source.name),
        };
      }),
      raw: study,
      calibrated: calibratedStudy,
      keySlices: keys,
      heatMaps,
      warnings: [
        ...plan.warnings,
        ...unreadable.map(({ name, reason }) => `${name} is left out: ${reason}`),
        ...identifierWarning(plan),
        ...noBrain,
      ],
      unreadable,
      values,
      inputs,
    };
  }

  async close(): Promise<void> {
    try {
      await (await this.#lanes)?.close();
    } finally {
      await this.#stackers.close();
    }
  }

  #openLanes(): Promise<NetworkLanes> {
    return (this.#lanes ??= NetworkLanes.create(
      this.#bundle,
      this.#options,
      this.#options.networkBytes ?? 4 * 2 ** 30,
      this.#options.prepareLater,
    ));
  }

  async #ensemble(slices: readonly ReadSlice[], signal: AbortSignal | undefined): Promise<EnsembleAnswer> {
    const { manifest } = this.#bundle;
    const { augment = true, onSlices } = this.#options;
    const predictions = new Map<number, Map<string, LabelColumns>>();
    const embeddings = new Map<number, Map<string, Embedding>>();
    const embedded = embeddedNetworks(manifest);
    const inputs = new PreparedInputs(
      slices,
      manifest.networks.map(({ settings }) => ({ settings, variants: variantsOf(settings, augment) })),
    );
    const lanes = await this.#openLanes();
    // Opened while other threads run the networks.
    const stackers = this.#stackers.openAll().catch(() => undefined);
    const answers = await lanes.forEach(signal, (network, loaded, stop) =>
      runNetwork(network, loaded, inputs, {
        augment,
        features: embedded.has(`${network.model} ${network.fold}`),
        ...(onSlices ? { onSlices } : {}),
        signal: stop,
      }),
    );
    for (const [{ model, fold }, { probabilities, features }] of answers) {
      const ofFold = predictions.get(fold) ?? new Map<string, LabelColumns>();
      predictions.set(fold, ofFold.set(model, labelColumns(probabilities)));
      if (features) {
        const vectors = embeddings.get(fold) ?? new Map<string, Embedding>();
        embeddings.set(fold, vectors.set(model, features));
      }
    }
    await stackers;
    if (manifest.ensemble.kind === 'mean') return { slices: meanOfNetworks(predictions) };
    const study = {
      ids: slices.map(({ slice }) => slice.sopInstanceUid),
      positions: Float64Array.from(slices, ({ slice }) => slice.position ?? NaN),
      embeddings,
    };
    return stackStudy(manifest, predictions, study, this.#stackers, signal);
  }

  async #heatMaps(
    slices: readonly ReadSlice[],
    calibrated: readonly number[][],
    keys: readonly number[],
    signal: AbortSignal | undefined,
  ) {
    const maps = new Map<number, HeatMap & { readonly label: string }>();
    const separation = separationOf(this.#bundle.manifest);
    if (keys.length === 0) return maps;
    const networks = explainingNetworks(this.#bundle.manifest);
    const explained = keys.flatMap((index) => {
      const label = labelToExplain(present(calibrated[index]), separation);
      return label === undefined ? [] : [{ index, label }];
    });
    const lanes = await this.#openLanes();
    await lanes.share(networks, explained, async ({ index, label }, load) => {
      signal?.throwIfAborted();
      const map = await heatMapOfSlice(networks, load, slices, index, label);
      if (map) maps.set(index, map);
    });
    return maps;
  }
}

function scaled(scaling: PlattScaling | null, probability: number): number {
  return scaling ? calibrate(scaling, probability) : probability;
}
