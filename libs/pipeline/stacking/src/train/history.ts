import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '@ichor/files';
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

/** The history of a fold if it belongs to this run, else an empty one. */
export async function readHistory(path: string, identity: string): Promise<StackerHistory> {
  const empty: StackerHistory = { format: 'ichor-stacker-1', identity, parts: {} };
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return empty;
  const parsed = historySchema.safeParse(jsonOf(text));
  return parsed.success && parsed.data.identity === identity ? parsed.data : empty;
}

export async function writeHistory(path: string, history: StackerHistory): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(history, null, 1)}\n`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
