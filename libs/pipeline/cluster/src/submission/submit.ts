import { acquireLock, IchorError, writeFileAtomic } from '@ichor/files';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClusterError } from '../error.js';
import { activeJobs, type ActiveJob } from '../jobs/active.js';
import { jobArrays, type JobArray } from '../plan/arrays.js';
import type { FullPlan } from '../plan/read-plan.js';
import type { ClusterSettings } from '../settings/cluster-file.js';
import { resourcesOf } from '../settings/resources.js';
import { runProgram, type RunProgram } from '../slurm/commands.js';
import { sbatchCall, sbatchText, type SbatchContext } from '../slurm/sbatch.js';
import { deleteJobs } from '../kubernetes/delete-jobs.js';
import { jobNameOf, kubernetesManifests, type ManifestContext } from '../kubernetes/manifest.js';
import { namespaceOption } from '../kubernetes/status.js';
import {
  jobsFolder,
  listSubmissions,
  newSubmissionId,
  submissionPaths,
  writeSubmission,
  type Submission,
  type System,
} from './submission.js';

export interface SubmitOptions {
  readonly system: System;
  readonly root: string;
  readonly plan: FullPlan;
  readonly settings: ClusterSettings;
  /** Only tells what would be submitted. */
  readonly dryRun: boolean;
  /** For tests. */
  readonly run?: RunProgram;
}

export interface SubmitResult {
  /** Undefined when there was nothing to submit, and for a dry run. */
  readonly submission: Submission | undefined;
  readonly folder: string;
  readonly arrays: readonly JobArray[];
  /** Steps of the plan that are done, and those that an earlier submission will do. */
  readonly done: number;
  readonly queued: number;
  /** What a dry run would hand to the scheduler. */
  readonly scripts: readonly string[];
}

/** The program that every job starts. */
const jobProgram = fileURLToPath(new URL('../../dist/bin/run-job.js', import.meta.url));

/**
 * Submits the steps that are neither done nor in the queue: one call of the scheduler for each array.
 *
 * @throws ClusterError `cluster/scheduler`; what was submitted before it stays, and the next submission adds the rest
 */
export async function submit(options: SubmitOptions): Promise<SubmitResult> {
  const { root } = options;
  const jobs = jobsFolder(root);
  await mkdir(join(jobs, 'logs'), { recursive: true });
  // Two submissions at once would both find the same steps missing.
  const lock = await acquireLock(jobs, { purpose: 'submit' });
  try {
    return await submitAlone(options);
  } finally {
    await lock.release();
  }
}

async function submitAlone(options: SubmitOptions): Promise<SubmitResult> {
  const {
    system,
    root,
    plan: { plan, text },
    settings,
    dryRun,
    run = runProgram,
  } = options;
  checkPath(root);
  checkPath(plan.workspace);
  const jobs = jobsFolder(root);
  const { active, never } = await activeJobs(await listSubmissions(root), run);
  checkOneSystem(active, system, jobs);
  const queued = new Map([...active].map(([step, { job }]) => [step, job]));
  const arrays = jobArrays(plan.steps, { resources: (step) => resourcesOf(step, settings), queued });
  const id = newSubmissionId();
  const folder = join(jobs, id);
  const submission = newSubmission(options, id, arrays);
  const common = {
    folder,
    arrays,
    done: plan.steps.filter((step) => step.done).length,
    queued: plan.steps.filter((step) => !step.done && queued.has(step.id)).length,
  };
  const context = {
    workspace: plan.workspace,
    folder,
    logs: join(jobs, 'logs'),
    node: process.execPath,
    program: jobProgram,
  };
  const slurm: SbatchContext = {
    ...context,
    slurm: settings.slurm,
    jobId: (name) => submission.arrays.find((array) => array.name === name)?.job ?? `<${name}>`,
  };
  const manifests = () => kubernetesManifests(arrays, kubernetesContext(settings, context, id));
  if (dryRun || arrays.length === 0) {
    const scripts =
      system === 'kubernetes'
        ? manifests().map((job) => JSON.stringify(job, null, 2))
        : arrays.map((array) => sbatchText(sbatchCall(array, slurm)));
    return { ...common, submission: undefined, scripts: system === 'local' ? [] : scripts };
  }
  // Their steps are submitted again.
  await deleteJobs(never, run);
  await writeFileAtomic(submissionPaths(folder).plan, text);
  await writeSubmission(folder, submission);
  if (system === 'slurm') await submitToSlurm(arrays, submission, slurm, run);
  if (system === 'kubernetes') await submitToKubernetes(arrays, submission, manifests(), { folder, run });
  return { ...common, submission, scripts: [] };
}

/** Schedulers do not know each other's jobs. */
function checkOneSystem(active: ReadonlyMap<string, ActiveJob>, system: System, jobs: string): void {
  const elsewhere = [...active.values()].find((job) => job.system !== system);
  if (elsewhere !== undefined) {
    throw new ClusterError({
      code: 'cluster/submission',
      file: jobs,
      reason: `jobs of ${elsewhere.system} are still in the queue for these results`,
      remedy: 'wait for them, or end them with: ichor jobs --cancel',
    });
  }
}

function newSubmission(
  { system, root, plan: { plan, runner }, settings }: SubmitOptions,
  id: string,
  arrays: readonly JobArray[],
): Submission {
  return {
    format: 'ichor-submission',
    version: 1,
    id,
    system,
    createdAt: new Date().toISOString(),
    workspace: plan.workspace,
    root,
    runner,
    environment: settings.environment,
    requeues: settings.slurm.requeues,
    ...(settings.escalateMemory === undefined ? {} : { escalateMemory: settings.escalateMemory }),
    ...(settings.kubernetes?.namespace === undefined ? {} : { namespace: settings.kubernetes.namespace }),
    arrays: arrays.map(({ name, single, tasks, resources }) => ({
      name,
      single,
      tasks: [...tasks],
      resources: withoutUndefined(resources),
    })),
  };
}

function kubernetesContext(
  { kubernetes, environment }: ClusterSettings,
  context: Pick<ManifestContext, 'workspace' | 'folder' | 'program'>,
  submission: string,
): ManifestContext {
  if (kubernetes === undefined) {
    throw new ClusterError({
      code: 'cluster/settings',
      reason: 'Kubernetes needs an image and a shared volume',
      remedy:
        'add "kubernetes": {"image": ..., "claim": ..., "mountPath": ...} to cluster.json (docs/clusters.md)',
    });
  }
  const { workspace, folder, program } = context;
  // Node.js of the image, not of this machine.
  return { kubernetes, environment, submission, workspace, folder, program, node: 'node' };
}

async function submitToKubernetes(
  arrays: readonly JobArray[],
  submission: Submission,
  items: readonly unknown[],
  { folder, run }: { readonly folder: string; readonly run: RunProgram },
): Promise<void> {
  // The names are written before, so that no job is forgotten.
  for (const array of submission.arrays) array.job = jobNameOf(arrays, array.name, submission.id);
  await writeSubmission(folder, submission);
  await run(
    'kubectl',
    ['apply', '--filename=-', ...namespaceOption(submission.namespace)],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  );
}

async function submitToSlurm(
  arrays: readonly JobArray[],
  submission: Submission,
  context: SbatchContext,
  run: RunProgram,
): Promise<void> {
  for (const array of arrays) {
    const { args, script } = sbatchCall(array, context);
    let answer: string;
    try {
      answer = await run('sbatch', args, script);
    } catch (error) {
      throw error instanceof IchorError ? notSubmitted(array, error) : error;
    }
    // `123`, or `123;cluster`
    const [, job] = /^(\d+)(;\S*)?$/.exec(answer.trim()) ?? [];
    const submitted = submission.arrays.find(({ name }) => name === array.name);
    if (job === undefined || submitted === undefined) {
      throw new ClusterError({
        code: 'cluster/scheduler',
        reason: `sbatch answered "${answer.trim()}", not the number of a job`,
      });
    }
    submitted.job = job;
    // After each, so that no job is forgotten if this process ends here.
    await writeSubmission(context.folder, submission);
  }
}

function notSubmitted({ name, resources }: JobArray, cause: IchorError): ClusterError {
  const { partition, gpus, cores, memory } = resources;
  return new ClusterError({
    code: 'cluster/scheduler',
    reason: `${name} (partition ${partition ?? 'default'}, ${gpus} GPUs, ${cores} cores, ${memory} MiB) was refused: ${cause.reason}`,
    remedy: `correct its resources in cluster.json ("tasks": {"${name.replace('.', ':')}*": {...}}) and run the same command again: it submits what is missing`,
    cause,
  });
}

/** Slurm reads names of files in its own way, and a volume is mounted at a path. */
function checkPath(path: string): void {
  if (!/[\\\n\r"]/.test(path)) return;
  throw new ClusterError({
    code: 'cluster/name',
    file: path,
    reason: 'the path holds a backslash, a quote or a line end, which schedulers misread',
    remedy: 'move it',
  });
}

function withoutUndefined(resources: JobArray['resources']): Submission['arrays'][number]['resources'] {
  const { partition, gpuType, ...rest } = resources;
  return {
    ...rest,
    ...(partition === undefined ? {} : { partition }),
    ...(gpuType === undefined ? {} : { gpuType }),
  };
}
