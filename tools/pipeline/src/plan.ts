import { existsSync } from 'node:fs';
import { readdir, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatBytes, type CommandContext } from '@ichor/cli';
import { createEngine, type EngineOptions } from '@ichor/runtime';
import { measureSpeed } from '@ichor/runtime/doctor';
import type { Layout } from '@ichor/tables';
import { estimateCost } from './cost.js';
import { peakMemory } from './peak-memory.js';

export interface PlanSettings {
  readonly provider: NonNullable<EngineOptions['provider']>;
  readonly config: string | undefined;
}

/** Prints which steps are left, how long their networks take here, and how much they write. Runs nothing of it. */
export async function printPlan(
  steps: ReadonlySet<string>,
  files: Layout,
  { provider, config }: PlanSettings,
  { print }: Pick<CommandContext, 'print'>,
): Promise<void> {
  const left = [...steps].filter((step) => !existsSync(stampOf(files, step)));
  print(`${steps.size} steps, ${left.length} of them were never run in ${files.root}:`);
  for (const line of byProject(left)) print(`  ${line}`);
  print('\nA step resumes, or runs again if its code, settings or data have changed.');
  if (config !== undefined) {
    print(`Hours and disk are known for the standard settings only, not for "${config}".`);
    return;
  }
  const engine = await createEngine('auto', { provider });
  const { training } = await measureSpeed(engine);
  const slices = (await readdir(files.input.trainImages)).filter((name) => name.endsWith('.dcm')).length;
  const { hours, disk, unknown } = estimateCost(left, slices, training * 1e9);
  const { bavail, bsize } = await statfs(files.root);
  print(
    `Networks: about ${hours < 1 ? hours.toFixed(2) : Math.round(hours)} hours, computed from their operations, ` +
      `${slices} training slices and ${training.toFixed(0)} GFLOP/s, measured just now on ${engine.name} ${engine.provider}. ` +
      'Plan with twice of it. ' +
      (unknown > 0 ? `${unknown} steps (tables, stackers, models of your own) are not in it.` : ''),
  );
  print(
    `Disk: about ${formatBytes(disk)} for weights and checkpoints, and predictions; ` +
      `${formatBytes(bavail * bsize)} are free there.`,
  );
  const peak = await peakMemory(dirname(files.preprocessedFolder));
  if (peak !== undefined) print(`Memory: ${formatBytes(peak.bytes)} at most so far, by ${peak.step}.`);
  print('npx ichor train MODEL --plan tells more of one model, with its memory.');
}

/** Where the plugin of Nx leaves its stamp when a step ends well. */
function stampOf(files: Layout, step: string): string {
  const [project = '', target = ''] = step.split(':');
  const folder =
    project === 'preprocess'
      ? files.preprocessedFolder
      : project === 'submission'
        ? files.outputFolder
        : join(files.root, 'intermediate_output', project);
  return join(folder, '.stamps', `${target}.json`);
}

/** `xception: train-fold-0, predict-fold-0` */
function byProject(steps: readonly string[]): string[] {
  const targets = new Map<string, string[]>();
  for (const step of steps) {
    const [project = '', target = ''] = step.split(':');
    targets.set(project, [...(targets.get(project) ?? []), target]);
  }
  return [...targets].map(([project, list]) => `${project}: ${list.sort().join(', ')}`);
}
