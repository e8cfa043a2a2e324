import { open } from 'node:fs/promises';
import { isNotThere, notReadable } from '@ichor/files';
import { z } from 'zod';

const stepSchema = z.object({
  kind: z.literal('step'),
  /** Of the whole training; not in files of older versions. */
  epochs: z.number().optional(),
  epoch: z.number(),
  step: z.number(),
  steps: z.number(),
  samples: z.number(),
  /** Milliseconds. */
  waited: z.number(),
  took: z.number(),
});

/** A step of a training, as its metrics.jsonl tells it. */
export type Step = z.infer<typeof stepSchema>;

/** So much of the end of the file is read: a few hundred steps. */
const TAIL = 65_536;

/** The last steps of a training, the latest last; none when it has not begun. */
export async function lastSteps(metrics: string): Promise<Step[]> {
  const text = await readTail(metrics);
  return text.split('\n').flatMap((line) => {
    const step = stepSchema.safeParse(parse(line));
    return step.success ? [step.data] : [];
  });
}

/** What an epoch that ended, with its validation, says of its time. */
export interface FinishedEpoch {
  readonly steps: number;
  readonly seconds: number;
}

export interface Pace {
  /** Counted from 1. */
  readonly epoch: number;
  readonly epochs: number | undefined;
  /** Of the whole training, 0 to 1; undefined where the number of epochs is not known. */
  readonly share: number | undefined;
  /** At the speed of the last steps, with the validation of each epoch as long as that of the last one. */
  readonly secondsLeft: number | undefined;
}

/** Where a training is and how long it still takes; undefined before its first step. */
export function paceOf(steps: readonly Step[], finished: readonly FinishedEpoch[]): Pace | undefined {
  const last = steps.at(-1);
  if (last === undefined) return undefined;
  const { epoch, epochs } = last;
  if (epochs === undefined) return { epoch: epoch + 1, epochs, share: undefined, secondsLeft: undefined };
  const done = finished.length > epoch ? last.steps : last.step + 1;
  const stepsLeft = (epochs - epoch) * last.steps - done;
  const perStep = steps.reduce((sum, { waited, took }) => sum + waited + took, 0) / 1000 / steps.length;
  const latest = finished.at(-1);
  const validation = latest === undefined ? 0 : Math.max(0, latest.seconds - latest.steps * perStep);
  return {
    epoch: epoch + 1,
    epochs,
    share: 1 - stepsLeft / (epochs * last.steps),
    secondsLeft: stepsLeft * perStep + (epochs - finished.length) * validation,
  };
}

async function readTail(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const bytes = Buffer.alloc(Math.min(size, TAIL));
      await file.read(bytes, 0, bytes.length, size - bytes.length);
      return bytes.toString('utf8');
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (isNotThere(cause)) return '';
    throw notReadable(path, 'read', cause);
  }
}

/** Undefined for a line that is cut: the first of the tail, or the last of a run that was killed. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
