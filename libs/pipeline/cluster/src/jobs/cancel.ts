import { deleteJobs } from '../kubernetes/delete-jobs.js';
import type { RunProgram } from '../slurm/commands.js';
import type { Submission } from '../submission/submission.js';
import type { JobStatus } from './overview.js';

/**
 * Ends jobs that wait or run: one call of scancel for all of them; of Kubernetes the Jobs that hold them, whole.
 *
 * @returns the steps whose jobs were cancelled
 */
export async function cancelJobs(
  jobs: readonly JobStatus[],
  submissions: readonly Submission[],
  run: RunProgram,
): Promise<readonly string[]> {
  const alive = jobs.filter(
    ({ state, job }) => job !== undefined && (state === 'waiting' || state === 'running'),
  );
  const slurm = alive.filter(({ system }) => system === 'slurm').flatMap(({ job = '' }) => [job]);
  if (slurm.length > 0) await run('scancel', slurm);
  const byNamespace = new Map<string | undefined, Set<string>>();
  for (const { system, job = '', submission: id } of alive) {
    if (system !== 'kubernetes') continue;
    const namespace = submissions.find((submission) => submission.id === id)?.namespace;
    const names = byNamespace.get(namespace) ?? new Set();
    byNamespace.set(namespace, names.add(job.split('/')[0] ?? ''));
  }
  await deleteJobs(byNamespace, run);
  return alive.map(({ step }) => step);
}
