import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ClusterError } from '../error.js';
import { stepPlanSchema, type StepPlan } from './step-plan.js';

export interface PlanRequest {
  /** With nx.json. */
  readonly workspace: string;
  /** As Nx spells them. */
  readonly tasks: readonly string[];
  /** Options of the programs. */
  readonly given: readonly string[];
  readonly signal: AbortSignal;
}

export interface FullPlan {
  readonly plan: StepPlan;
  /** As the plugin wrote it, for the jobs. */
  readonly text: string;
  /** The program that runs one step of it. */
  readonly runner: string;
}

/** Of the workspace in which this runs, which has its tasks from it: a program to start, nothing to import. */
const PLUGIN = '@ichor/nx-plugin';
/** So much JSON at most: a step has about four kilobytes. */
const MAX_BUFFER = 1 << 28;

/**
 * What Nx would run for these tasks. Compiles first, like every task of Nx: jobs run what is compiled now.
 *
 * @throws ClusterError `cluster/build`, `cluster/plan`
 */
export async function readPlan({ workspace, tasks, given, signal }: PlanRequest): Promise<FullPlan> {
  const require = createRequire(join(workspace, 'package.json'));
  const run = promisify(execFile);
  const options = { cwd: workspace, signal, maxBuffer: MAX_BUFFER };
  try {
    await run(process.execPath, [require.resolve('typescript/bin/tsc'), '-b'], options);
  } catch (cause) {
    signal.throwIfAborted();
    throw new ClusterError({
      code: 'cluster/build',
      reason: `the workspace ${workspace} does not compile: ${outputOf(cause, 'stdout')}`,
      remedy: 'npm run build shows it',
      cause,
    });
  }
  try {
    const plugin = join(dirname(require.resolve(`${PLUGIN}/package.json`)), 'dist', 'plan');
    const words = [join(plugin, 'print.js'), ...tasks, ...(given.length > 0 ? ['--', ...given] : [])];
    // With the variables of this process, like any task of Nx: ICHOR_ROOT is part of the hashes.
    const { stdout } = await run(process.execPath, words, options);
    return {
      plan: stepPlanSchema.parse(JSON.parse(stdout)),
      text: stdout,
      runner: join(plugin, 'run-step.js'),
    };
  } catch (cause) {
    signal.throwIfAborted();
    throw new ClusterError({
      code: 'cluster/plan',
      reason: `Nx cannot tell what ${tasks.join(' ')} needs: ${outputOf(cause, 'stderr')}`,
      remedy: 'name tasks as Nx does, such as xception:predict; npx nx show project xception lists them',
      cause,
    });
  }
}

function outputOf(error: unknown, stream: 'stdout' | 'stderr'): string {
  const text = error instanceof Error && stream in error ? String(Reflect.get(error, stream)).trim() : '';
  return (text === '' ? String(error) : text).slice(0, 2000);
}
