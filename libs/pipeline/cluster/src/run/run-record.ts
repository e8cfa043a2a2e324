import { readTextFile, writeFileAtomic } from '@ichor/files';
import { join } from 'node:path';
import { z } from 'zod';

const outcomes = [
  /** Running, or ended without a record: its node was lost, or it was killed. */
  'running',
  'complete',
  'failed',
  /** Saved before the limit and put back in the queue. */
  'requeued',
  /** Saved because it was asked to stop: cancelled, preempted, Ctrl-C. */
  'stopped',
  /** Killed from outside; nearly always for its memory. */
  'killed',
] as const;

const runSchema = z.object({
  /** As the scheduler names it. */
  job: z.string(),
  submission: z.string(),
  /** The number of this one among the tries of the same job, from 1; not in records of older versions. */
  tries: z.number().optional(),
  node: z.string(),
  startedAt: z.string(),
  endedAt: z.string().optional(),
  outcome: z.enum(outcomes),
  exitCode: z.number().optional(),
  /** Of the step's programs, in seconds. */
  cpuSeconds: z.number().optional(),
  /** Bytes. */
  peakMemory: z.number().optional(),
  /** What it was given. */
  cores: z.number(),
  /** Mebibytes. */
  memory: z.number(),
  /** Of a training: its optimizer steps when this run began. */
  stepsBefore: z.number().optional(),
  message: z.string().optional(),
});

/** One try of a step. */
export type Run = z.infer<typeof runSchema>;
const recordSchema = z.object({
  format: z.literal('ichor-runs'),
  version: z.literal(1),
  runs: z.array(runSchema),
});

/** So many tries are remembered. */
const KEPT = 50;

export function runRecordPath(jobs: string, step: string): string {
  return join(jobs, 'runs', `${step.replace(':', '.')}.json`);
}

/** The tries of a step, the newest last; none where there is no record, or a damaged one. */
export async function readRuns(path: string): Promise<readonly Run[]> {
  const text = await readTextFile(path);
  if (text === undefined) return [];
  try {
    return recordSchema.parse(JSON.parse(text)).runs;
  } catch {
    // The record only describes the past; the files of the step show what is done.
    return [];
  }
}

export async function writeRuns(path: string, runs: readonly Run[]): Promise<void> {
  await writeFileAtomic(
    path,
    `${JSON.stringify({ format: 'ichor-runs', version: 1, runs: runs.slice(-KEPT) }, null, 1)}\n`,
  );
}
