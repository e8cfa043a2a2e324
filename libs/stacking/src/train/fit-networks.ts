import { existsSync } from 'node:fs';
import type { FeatureMatrix } from '@ichor/gbdt';
import { weightedLogLoss, logLoss } from '@ichor/metrics';
import type { Network, StateDict } from '@ichor/nn';
import { LABELS } from '@ichor/tables';
import { readSafetensors, writeSafetensors } from '@ichor/weights';
import type { CnnStacker, MlpStacker } from '../config/schema.js';
import { computeFeatures } from '../features/compute.js';
import { gatherNeighbours, gatherRows, stackNeighbours } from '../features/neighbours.js';
import { applyScaler, fitScaler, scalerTensors, type Scaler } from '../features/scaling.js';
import { cnnStacking1, cnnStacking2 } from '../networks/convolutions.js';
import { denseNetwork } from '../networks/dense.js';
import { stopIfAsked, type FitContext, type Fitted } from './fit.js';
import type { FoldData, Part } from './fold-data.js';
import { predictWith, trainNetwork, type NetworkSet } from './train-network.js';

/** Probabilities are clipped here before they are compared (section 5.3). */
const CLIP = 1e-4;

interface ScaledParts {
  readonly train: FeatureMatrix;
  readonly valid: FeatureMatrix;
  readonly test: FeatureMatrix;
  readonly scaler: Scaler;
}

/** Features of all parts; what is fitted is fitted on the training folds. */
export function scaledFeatures(stacker: CnnStacker | MlpStacker, data: FoldData): ScaledParts {
  const selection = { models: stacker.inputs, features: stacker.features, positionOrd: stacker.positionOrd };
  const featuresOf = ({ slices, predictions }: Part) => computeFeatures(slices, predictions, selection);
  const [train, valid, test] = [featuresOf(data.train), featuresOf(data.valid), featuresOf(data.test)];
  const scaler = fitScaler(train, stacker.scaling);
  for (const matrix of [train, valid, test]) applyScaler(scaler, matrix);
  return { train, valid, test, scaler };
}

/** One network for all labels that sees three neighbouring slices (sections 5.2 and 5.3). */
export async function fitConvolution(stacker: CnnStacker, context: FitContext): Promise<Fitted> {
  const { data, files, events, signal } = context;
  const parts = scaledFeatures(stacker, data);
  const models = stacker.inputs.length;
  const setOf = (matrix: FeatureMatrix, { slices, targets }: Part): NetworkSet => {
    const neighbours = stackNeighbours(slices.starts);
    return {
      rows: matrix.rows,
      targets,
      gather: (rows) => gatherNeighbours(matrix, neighbours, rows, models),
    };
  };
  const [train, valid, test] = [
    setOf(parts.train, data.train),
    setOf(parts.valid, data.valid),
    setOf(parts.test, data.test),
  ];
  const build = stacker.kind === 'cnn-1' ? cnnStacking1 : cnnStacking2;
  const network = build({ models, features: parts.train.names.length / models });
  const engine = await context.networkEngine();
  const state =
    (await finishedWeights(context, 'all', files.weights, network)) ??
    (await (async () => {
      const trained = await trainNetwork({
        engine,
        network,
        label: 'all labels',
        train,
        valid,
        epochs: stacker.epochs,
        batchSize: stacker.batchSize,
        schedule: stacker.schedule,
        classWeights: stacker.labelWeights,
        seed: stacker.seed,
        snapshot: stacker.snapshot,
        score: (columns) =>
          weightedLogLoss(data.valid.targets, columns, stacker.labelWeights, { clip: CLIP }),
        events,
        signal,
      });
      await writeSafetensors(files.weights, withScaler(trained.state, parts.scaler));
      await context.finish('all', { epoch: trained.epoch, validLosses: trained.scores });
      return trained.state;
    })());
  const [ofValid = [], ofTest = []] = await predictWith(engine, network, state, [valid, test]);
  return { valid: ofValid, test: ofTest };
}

/** A fresh dense network for each label (section 5.5). */
export async function fitDense(stacker: MlpStacker, context: FitContext): Promise<Fitted> {
  const { data, files, events, signal } = context;
  const parts = scaledFeatures(stacker, data);
  const network = denseNetwork(parts.train.names.length, stacker.hidden, stacker.dropout);
  const engine = await context.networkEngine();
  const fitted = { valid: [] as Float32Array[], test: [] as Float32Array[] };
  for (const [index, label] of LABELS.entries()) {
    stopIfAsked(signal);
    const setOf = (matrix: FeatureMatrix, { targets }: Part): NetworkSet => ({
      rows: matrix.rows,
      targets: targets.slice(index, index + 1),
      gather: (rows) => gatherRows(matrix, rows),
    });
    const [train, valid] = [setOf(parts.train, data.train), setOf(parts.valid, data.valid)];
    let state = await finishedWeights(context, label, files.labelWeights(label), network);
    if (state === undefined) {
      const trained = await trainNetwork({
        engine,
        network,
        label,
        train,
        valid,
        epochs: stacker.epochs,
        batchSize: stacker.batchSize,
        schedule: stacker.schedule,
        // Another start for each label, the same in every run.
        seed: stacker.seed + index,
        snapshot: 'best',
        patience: stacker.patience,
        score: ([column]) => logLoss(data.valid.targets[index]!, column!, { clip: 1e-7 }),
        events,
        signal,
      });
      state = trained.state;
      await writeSafetensors(files.labelWeights(label), withScaler(state, parts.scaler));
      await context.finish(label, { epoch: trained.epoch, validLosses: trained.scores });
    }
    const sets = [valid, setOf(parts.test, data.test)];
    const [[ofValid] = [], [ofTest] = []] = await predictWith(engine, network, state, sets);
    fitted.valid.push(ofValid!);
    fitted.test.push(ofTest!);
  }
  return fitted;
}

/** The weights of a part that an earlier run finished; undefined when it has to be trained. */
async function finishedWeights(
  { done }: FitContext,
  part: string,
  path: string,
  network: Network,
): Promise<StateDict | undefined> {
  if (done[part] === undefined || !existsSync(path)) return undefined;
  const { tensors } = await readSafetensors(path);
  return new Map(
    network.parameters.flatMap(({ name }) => {
      const tensor = tensors.get(name);
      return tensor === undefined ? [] : [[name, tensor] as const];
    }),
  );
}

function withScaler(state: StateDict, scaler: Scaler): StateDict {
  return new Map([...state, ...scalerTensors(scaler)]);
}
