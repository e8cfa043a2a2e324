import { IchorError, isThereSync } from '@ichor/files';
import type { StateDict, Tensor } from '@ichor/nn';
import type { TrainingState } from '@ichor/runtime';
import { openSafetensors, readSafetensors, writeSafetensors } from '@ichor/weights';
import { z } from 'zod';
import { TrainingError } from '../error.js';
import { writing } from '../not-writable.js';
import type { RunIdentity } from './run-state.js';

/**
 * The position of a run and all other state except the tensors. Random numbers follow from seed and position.
 */
export interface Position {
  /** From 0. */
  readonly epoch: number;
  /** Steps of this epoch that are done. */
  readonly step: number;
  /** Sum over those steps of loss times samples, and the samples. */
  readonly lossSum: number;
  readonly samples: number;
  /** Slices of this epoch that could not be read. */
  readonly unreadable: readonly string[];
}

export interface Checkpoint {
  readonly identity: RunIdentity;
  readonly position: Position;
  readonly state: TrainingState;
  /** Moving average of the weights, where there is one. */
  readonly mean?: StateDict;
}

const identitySchema: z.ZodType<RunIdentity> = z.object({
  settings: z.record(z.string(), z.unknown()),
  fold: z.number(),
  data: z.string(),
  start: z.string(),
});

const headerSchema = z.object({
  version: z.literal(1),
  identity: identitySchema,
  position: z.object({
    epoch: z.number(),
    step: z.number(),
    lossSum: z.number(),
    samples: z.number(),
    unreadable: z.array(z.string()),
  }),
  steps: z.number(),
  seed: z.number(),
});

const metadataKey = 'ichor.checkpoint';
const parameterPrefix = 'parameters/';
const optimizerPrefix = 'optimizer/';
const meanPrefix = 'mean/';

/** Writes tensors under a path; all or nothing. */
export type TensorWriter = typeof writeSafetensors;

/**
 * Replaces the checkpoint; the one before stays when this fails.
 *
 * @throws TrainingError `training/not-writable`, IchorError `files/not-writable`
 */
export async function writeCheckpoint(
  path: string,
  { identity, position, state, mean }: Checkpoint,
  write: TensorWriter = writeSafetensors,
): Promise<void> {
  const tensors = new Map<string, Tensor>();
  for (const [name, tensor] of state.parameters) tensors.set(parameterPrefix + name, tensor);
  for (const [name, tensor] of state.optimizer) tensors.set(optimizerPrefix + name, tensor);
  for (const [name, tensor] of mean ?? []) tensors.set(meanPrefix + name, tensor);
  const header = { version: 1, identity, position, steps: state.steps, seed: state.seed };
  await writing(path, () => write(path, tensors, { [metadataKey]: JSON.stringify(header) }));
}

/**
 * @returns undefined when there is none
 * @throws TrainingError `training/damaged-checkpoint`
 */
export async function readCheckpoint(path: string): Promise<Checkpoint | undefined> {
  if (!isThereSync(path)) return undefined;
  try {
    const { tensors, metadata } = await readSafetensors(path);
    const header = headerSchema.parse(JSON.parse(metadata[metadataKey] ?? ''));
    const mean = withoutPrefix(tensors, meanPrefix);
    return {
      identity: header.identity,
      position: header.position,
      state: {
        parameters: withoutPrefix(tensors, parameterPrefix),
        optimizer: withoutPrefix(tensors, optimizerPrefix),
        steps: header.steps,
        seed: header.seed,
      },
      ...(mean.size > 0 ? { mean } : {}),
    };
  } catch (cause) {
    throw new TrainingError({
      code: 'training/damaged-checkpoint',
      file: path,
      reason: `is not a complete checkpoint: ${cause instanceof IchorError ? cause.reason : String(cause)}`,
      remedy: 'restore a copy, or restart this fold with --fresh',
      cause,
    });
  }
}

/** The weights after an epoch (from 0). */
export interface Snapshot {
  readonly parameters: StateDict;
  readonly identity: RunIdentity;
  readonly epoch: number;
}

/** Parameters alone, with what they are. */
export async function writeSnapshot(
  path: string,
  { parameters, identity, epoch }: Snapshot,
  write: TensorWriter = writeSafetensors,
): Promise<void> {
  const metadata = { 'ichor.snapshot': JSON.stringify({ version: 1, identity, epoch }) };
  await writing(path, () => write(path, parameters, metadata));
}

const snapshotSchema = z.object({ version: z.literal(1), identity: identitySchema, epoch: z.number() });

/** What a snapshot says of itself, without reading its tensors. */
export async function describeSnapshot(
  path: string,
): Promise<{ readonly identity: RunIdentity; readonly epoch: number }> {
  const file = await openSafetensors(path);
  try {
    return snapshotSchema.parse(JSON.parse(file.header.metadata['ichor.snapshot'] ?? ''));
  } catch (cause) {
    throw new TrainingError({
      code: 'training/no-snapshot',
      file: path,
      reason: 'is not a snapshot of a training run',
      remedy: 'train this fold again with --fresh',
      cause,
    });
  } finally {
    await file.close();
  }
}

function withoutPrefix(tensors: StateDict, prefix: string): StateDict {
  return new Map(
    [...tensors]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
}
