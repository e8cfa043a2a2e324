import { isThereSync, present } from '@ichor/files';
import type { Network, StateDict } from '@ichor/nn';
import { readSafetensors, writeSafetensors } from '@ichor/weights';
import { scalerTensors, type Scaler } from '../features/scaling.js';
import { stopIfAsked, type FitContext, type Fitted } from './fit.js';
import {
  networkOf,
  networkPieces,
  networkSet,
  scaledFeatures,
  trainingSettings,
  type NetworkStacker,
} from './network-pieces.js';
import { predictWith, trainNetwork } from './train-network.js';

/** One network for all labels, or a fresh one for each. */
export async function fitNetworks(stacker: NetworkStacker, context: FitContext): Promise<Fitted> {
  const { data, files, events, signal } = context;
  const { matrices, scaler } = scaledFeatures(stacker, [data.train, data.valid, data.test]);
  const [trainMatrix, validMatrix, testMatrix] = matrices;
  const network = networkOf(stacker, present(trainMatrix).names.length);
  const engine = await context.networkEngine();
  const fitted = { valid: [] as Float32Array[], test: [] as Float32Array[] };
  for (const piece of networkPieces(stacker)) {
    stopIfAsked(signal);
    const { part } = piece;
    const file = part === 'all' ? files.weights : files.labelWeights(part);
    const valid = networkSet(stacker, piece, present(validMatrix), data.valid);
    let state = await finishedWeights(context, part, file, network);
    if (state === undefined) {
      const trained = await trainNetwork({
        ...trainingSettings(stacker, piece),
        engine,
        network,
        label: part === 'all' ? 'all labels' : part,
        part,
        train: networkSet(stacker, piece, present(trainMatrix), data.train),
        valid,
        events,
        signal,
      });
      state = trained.state;
      await writeSafetensors(file, withScaler(state, scaler));
      await context.finish(part, { epoch: trained.epoch, validLosses: trained.scores });
    }
    const test = networkSet(stacker, piece, present(testMatrix), data.test);
    const [ofValid = [], ofTest = []] = await predictWith(engine, network, state, [valid, test]);
    fitted.valid.push(...ofValid);
    fitted.test.push(...ofTest);
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
  if (done[part] === undefined || !isThereSync(path)) return undefined;
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
