import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IchorError, messageOf } from '@ichor/files';
import { z } from 'zod';
import { causeOf } from './cause.js';
import { runChild } from './child.js';
import { nxProgram } from './nx-program.js';
import { nameOf, nxArguments, type Request } from './request.js';

const graphSchema = z.object({
  tasks: z.object({
    tasks: z.record(
      z.string(),
      z.object({
        target: z.object({ project: z.string(), target: z.string() }),
      }),
    ),
  }),
});

/** `project:target` of a task, without the configuration that Nx names in some places and not in others. */
export function stepOf(taskId: string): string {
  return taskId.split(':').slice(0, 2).join(':');
}

/** The targets that the plugin gives to steps; `train` and `predict` only bundle folds. */
function isStep(target: string): boolean {
  return /^(preprocess|make|(train|predict)-fold-\d+)$/.test(target);
}

/**
 * The steps of the pipeline for a request (`project:target`), without builds.
 *
 * @throws IchorError `pipeline/plan`, and the reason of the signal when it was stopped
 */
export async function planTasks(
  workspace: string,
  request: Request,
  { env, signal }: { readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<ReadonlySet<string>> {
  const folder = await mkdtemp(join(tmpdir(), 'ichor-plan-'));
  const file = join(folder, 'graph.json');
  const lines: string[] = [];
  try {
    const code = await runChild([nxProgram(workspace), ...nxArguments(request), `--graph=${file}`], {
      cwd: workspace,
      env,
      signal,
      onLine: (line) => void lines.push(line),
    });
    if (code !== 0) throw new Error(causeOf(lines) ?? `exit code ${code}`);
    const { tasks } = graphSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    return new Set(
      Object.values(tasks.tasks)
        .map(({ target }) => target)
        .filter(({ target }) => isStep(target))
        .map(({ project, target }) => `${project}:${target}`),
    );
  } catch (cause) {
    signal.throwIfAborted();
    throw new IchorError({
      code: 'pipeline/plan',
      reason: `Nx cannot tell what ${nameOf(request)} needs: ${messageOf(cause)}`,
      remedy: 'npx nx reset, then the same command',
      cause,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
