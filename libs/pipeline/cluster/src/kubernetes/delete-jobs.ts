import type { RunProgram } from '../slurm/commands.js';
import { namespaceOption } from './status.js';

/** Names of Jobs by namespace; undefined is that of the current context. */
export type JobNames = ReadonlyMap<string | undefined, Iterable<string>>;

/** Deletes Jobs with their pods: one call a namespace. */
export async function deleteJobs(names: JobNames, run: RunProgram): Promise<void> {
  for (const [namespace, some] of names) {
    const jobs = [...some];
    if (jobs.length === 0) continue;
    const options = ['--ignore-not-found', '--wait=false', ...namespaceOption(namespace)];
    await run('kubectl', ['delete', 'job', ...jobs, ...options]);
  }
}
