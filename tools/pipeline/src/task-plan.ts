import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { IchorError } from '@ichor/files';
import { z } from 'zod';
import { nxProgram } from './nx-program.js';

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
 * The steps of the pipeline that a task stands for (`project:target`), without builds.
 *
 * @throws IchorError `pipeline/plan`
 */
export async function planTasks(
  workspace: string,
  task: string,
  env: NodeJS.ProcessEnv,
): Promise<ReadonlySet<string>> {
  const folder = await mkdtemp(join(tmpdir(), 'ichor-plan-'));
  const file = join(folder, 'graph.json');
  try {
    await promisify(execFile)(process.execPath, [nxProgram(workspace), 'run', task, `--graph=${file}`], {
      cwd: workspace,
      env,
    });
    const { tasks } = graphSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    return new Set(
      Object.values(tasks.tasks)
        .map(({ target }) => target)
        .filter(({ target }) => isStep(target))
        .map(({ project, target }) => `${project}:${target}`),
    );
  } catch (cause) {
    const output = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : String(cause);
    throw new IchorError({
      code: 'pipeline/plan',
      reason: `Nx cannot tell what ${task} needs: ${output.trim()}`,
      remedy: 'npx nx reset, then the same command',
      cause,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
