import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { environmentWithoutJob } from '../run/identity.js';
import { readStepPlan, type Submission } from './submission.js';

export type LocalOutcome = 'complete' | 'failed' | 'left out';

export interface LocalEvents {
  begin?(step: string): void;
  end?(step: string, outcome: LocalOutcome): void;
}

const program = fileURLToPath(new URL('../../dist/bin/run-job.js', import.meta.url));

/**
 * Runs a submission here, one step after another. A step that fails leaves out those that need it, and nothing else.
 *
 * @returns how each step ended; those after a stop are not in it
 * @throws ClusterError `cluster/submission` when its plan is missing or damaged
 */
export async function runLocally(
  { arrays }: Pick<Submission, 'arrays'>,
  {
    folder,
    signal,
    events = {},
  }: {
    /** Of the submission. */
    readonly folder: string;
    readonly signal: AbortSignal;
    readonly events?: LocalEvents;
  },
): Promise<ReadonlyMap<string, LocalOutcome>> {
  const { steps } = await readStepPlan(folder);
  const places = new Map(
    arrays.flatMap(({ name, tasks }) => tasks.map(({ index, step }) => [step, { name, index }] as const)),
  );
  const outcomes = new Map<string, LocalOutcome>();
  for (const { id, needs } of steps) {
    const place = places.get(id);
    if (place === undefined) continue;
    if (signal.aborted) break;
    let outcome: LocalOutcome = 'left out';
    if (!needs.some((need) => ['failed', 'left out'].includes(outcomes.get(need) ?? ''))) {
      events.begin?.(id);
      const code = await runTask([program, folder, place.name, String(place.index)], signal);
      if (signal.aborted && code !== 0) break;
      outcome = code === 0 ? 'complete' : 'failed';
    }
    outcomes.set(id, outcome);
    events.end?.(id, outcome);
  }
  return outcomes;
}

async function runTask(args: readonly string[], signal: AbortSignal): Promise<number> {
  // Inside a job, such as an interactive one, the steps are still those of this command.
  const env = environmentWithoutJob(process.env);
  const child = spawn(process.execPath, args, { stdio: ['ignore', 2, 2], env });
  // Ctrl-C reaches all programs of a terminal by itself; without one it is passed on.
  const stop = () => void (process.stdin.isTTY || child.kill('SIGTERM'));
  signal.addEventListener('abort', stop);
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code ?? 1;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
