import { readFile } from 'node:fs/promises';
import { taskCommand } from '@ichor/files';
import type { GbdtEngine, GbdtModel, GbdtTrainOptions } from '../engine.js';
import { EarlyStopping } from '../early-stopping.js';
import { GbdtError } from '../error.js';
import { checkMatrix } from '../matrix.js';
import { lightgbmParameters } from '../parameters.js';
import { parseTreeModel } from '../tree-model.js';
import { loadLibrary, type LightGbmLibrary } from './bindings.js';
import { LightGbmDataset } from './dataset.js';
import { locateLibrary } from './locate.js';
import { LightGbmModel } from './model.js';

/** LightGBM takes 32-bit counts. */
const MOST_ROWS = 2 ** 31 - 1;

/**
 * LightGBM through its C API, in this process.
 *
 * @param path the library; default: `LIGHTGBM_LIB`, then what `ichor-build-lightgbm` made, then the system's
 * @throws GbdtError `gbdt/library-not-found`, `gbdt/library`
 */
export function createLightGbm(path: string | undefined = locateLibrary()): GbdtEngine {
  if (path === undefined) {
    throw new GbdtError({
      code: 'gbdt/library-not-found',
      reason: 'LightGBM is not installed on this machine',
      remedy:
        `build it: ${taskCommand({ project: 'gbdt', target: 'build-lightgbm' })} (needs g++, two minutes), ` +
        'set LIGHTGBM_LIB to a lib_lightgbm file, or choose the engine ml-xgboost for small tables',
    });
  }
  const library = loadLibrary(path);
  const engine: GbdtEngine = {
    name: 'lightgbm',
    description: `LightGBM at ${path}`,
    checkSize(rows) {
      if (rows <= MOST_ROWS) return;
      throw new GbdtError({
        code: 'gbdt/too-large',
        reason: `${rows} rows are more than the ${MOST_ROWS} that LightGBM can count`,
      });
    },
    dataset(matrix, { parameters, reference }) {
      checkMatrix(matrix);
      engine.checkSize(matrix.rows, matrix.names.length);
      return LightGbmDataset.create(library, matrix, lightgbmParameters(parameters), reference);
    },
    train: (training) => train(library, training),
    async load(file) {
      const text = await readFile(file, 'utf8');
      // The library may end the process on a damaged text; ours is checked first.
      const { names } = parseTreeModel(text, file);
      const { booster, rounds } = library.boosterFromString(text);
      return new LightGbmModel(library, booster, { names, rounds, validLosses: [], threads: undefined });
    },
  };
  return engine;
}

async function train(library: LightGbmLibrary, training: GbdtTrainOptions): Promise<GbdtModel> {
  const { train: data, valid, parameters, rounds, earlyStoppingRounds, onRound, signal } = training;
  const text = lightgbmParameters(parameters);
  const booster = library.boosterCreate(LightGbmDataset.handleOf(data), text);
  const stopping = new EarlyStopping(earlyStoppingRounds ?? Infinity);
  try {
    if (valid !== undefined) library.boosterAddValid(booster, LightGbmDataset.handleOf(valid));
    const letEventLoopTurn = eventLoopTurns();
    let done = 0;
    while (done < rounds) {
      signal?.throwIfAborted();
      const isFinished = library.boosterUpdate(booster);
      if (isFinished) break;
      done++;
      const loss = valid === undefined ? undefined : library.boosterEval(booster, 1);
      onRound?.(done, loss);
      if (loss !== undefined && stopping.add(loss)) break;
      await letEventLoopTurn();
    }
    const best = valid === undefined || done === 0 ? done : stopping.bestRounds;
    const { threads } = parameters;
    return new LightGbmModel(library, booster, {
      names: data.names,
      rounds: best,
      validLosses: stopping.losses,
      threads,
    });
  } catch (error) {
    library.boosterFree(booster);
    throw error;
  }
}

/** Lets timers and progress displays run a few times a second; rounds of small tables take microseconds. */
function eventLoopTurns(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < 100) return;
    await new Promise((resolve) => setImmediate(resolve));
    last = performance.now();
  };
}
