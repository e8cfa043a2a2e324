import { ExperimentError, readJsonFile, writeJsonFile, type RunEvents } from '@ichor/experiment';
import { z } from 'zod';

const historySchema = z.object({
  format: z.literal('ichor-stacker-1'),
  /** Hash of settings and inputs; what was fitted under another one is fitted again. */
  identity: z.string(),
  /** Results of the parts that are done: labels, or `all`. */
  parts: z.record(z.string(), z.record(z.string(), z.unknown())),
});

/** What of a fold is done already. */
export type StackerHistory = z.infer<typeof historySchema>;

/** The history of a fold if it belongs to this run, else an empty one, so that parts of another run are fitted again. */
export async function readHistory(
  path: string,
  identity: string,
  events: RunEvents,
): Promise<StackerHistory> {
  const found = await readJsonFile(path, historySchema, 'history of a stacker').catch((error: unknown) => {
    if (!(error instanceof ExperimentError)) throw error;
    events.warning?.(`${error.message}: fitting again`);
    return undefined;
  });
  return found?.identity === identity ? found : { format: 'ichor-stacker-1', identity, parts: {} };
}

export function writeHistory(path: string, history: StackerHistory): Promise<void> {
  return writeJsonFile(path, history);
}
