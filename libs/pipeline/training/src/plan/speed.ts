import { hostname } from 'node:os';
import type { BaseModel } from '@ichor/base-model';
import { readManifest, type Manifest } from '@ichor/cli';
import { lastSteps } from '@ichor/experiment/pace';
import { isThere } from '@ichor/files';
import { FOLDS } from '@ichor/folds';
import type { NetworkCost } from '@ichor/nn';
import type { Engine } from '@ichor/runtime';
import { measureSpeed } from '@ichor/runtime/doctor';
import type { Layout } from '@ichor/tables';
import { baseModelFiles } from '../files.js';

/** How fast and how large a training is here. */
export interface Speed {
  /** Of a slice that goes forwards and backwards, and of one that goes forwards only. */
  readonly secondsPerTrained: number;
  readonly secondsPerPredicted: number;
  /** Bytes of the process, or of the device where that has its own. */
  readonly memory: number;
  /** What these figures come from. */
  readonly source: string;
}

/** The forward pass is about a third of a step: the gradients of inputs and of weights cost as much each. */
const FORWARD_SHARE = 1 / 3;
/** Weights, gradients and two moments of Adam. */
const NUMBERS_PER_PARAMETER = 4;
/** Node.js, the engine and batches that wait. */
const BASE_MEMORY = 400e6;

/**
 * The speed of an earlier training of the same network with the same engine on this machine; else what a short measurement
 * of small convolutions suggests. Real networks do not quite reach that speed.
 */
export async function speedOf(
  paths: Layout,
  model: BaseModel,
  engine: Engine,
  cost: NetworkCost,
): Promise<Speed> {
  return (await earlierSpeed(paths, model, engine)) ?? (await probedSpeed(model, engine, cost));
}

async function earlierSpeed(paths: Layout, model: BaseModel, engine: Engine): Promise<Speed | undefined> {
  const [app = model.name] = model.name.split('.');
  for (const name of new Set([model.name, app])) {
    for (let fold = 0; fold < FOLDS; fold++) {
      const files = baseModelFiles(paths, name, fold);
      if (!(await isThere(files.trainManifest))) continue;
      const manifest = await readManifest(files.trainManifest);
      const steps = (await lastSteps(files.metrics)).filter(({ samples }) => samples > 0);
      if (steps.length === 0 || !isComparable(manifest, model, engine)) continue;
      const milliseconds = steps.reduce((sum, { took, waited }) => sum + took + waited, 0);
      const seconds = milliseconds / 1000 / steps.reduce((sum, { samples }) => sum + samples, 0);
      return {
        secondsPerTrained: seconds,
        secondsPerPredicted: seconds * FORWARD_SHARE,
        memory: manifest.peakMemory,
        source: `the last steps of ${name} fold ${fold} on this machine (${manifest.engine ?? 'unknown engine'})`,
      };
    }
  }
  return undefined;
}

/** The settings on which time and memory of a slice depend. */
const decisive = ['backbone', 'imageSize', 'neighbours', 'batchSize', 'microBatch', 'precision'] as const;

function isComparable(
  { environment, engine: used, config }: Manifest,
  model: BaseModel,
  engine: Engine,
): boolean {
  return (
    environment.host === hostname() &&
    used === engine.description &&
    decisive.every((setting) => config[setting] === model[setting])
  );
}

async function probedSpeed(model: BaseModel, engine: Engine, cost: NetworkCost): Promise<Speed> {
  const { training, inference } = await measureSpeed(engine);
  const samples = model.microBatch ?? model.batchSize;
  return {
    secondsPerTrained: cost.operations / FORWARD_SHARE / (training * 1e9),
    secondsPerPredicted: cost.operations / (inference * 1e9),
    memory: BASE_MEMORY + 4 * (NUMBERS_PER_PARAMETER * cost.parameters + 2 * samples * cost.activations),
    source:
      `the operations of the network and ${training.toFixed(0)} GFLOP/s, measured just now on small convolutions ` +
      `(${engine.description}); plan with twice of it`,
  };
}
