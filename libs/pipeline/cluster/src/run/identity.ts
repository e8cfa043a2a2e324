import { ClusterError } from '../error.js';

/** What a job knows of itself from the variables of its scheduler. */
export interface JobIdentity {
  /** As the scheduler names it: `123_4`. */
  readonly job: string;
  /** The same for every try of this job and for no other job: it identifies a lock of an earlier try. */
  readonly lock: string | undefined;
  readonly index: number;
  readonly node: string | undefined;
  /** How often the scheduler has started this job again; undefined where it does not tell. */
  readonly restarts: number | undefined;
}

/** Variables that make a process one of a pod. */
const podVariables = ['POD_NAME', 'JOB_UID', 'JOB_COMPLETION_INDEX'];

/** The variables without those of a scheduler: a process with them is no job. */
export function environmentWithoutJob(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ofJob = (name: string) => name.startsWith('SLURM_') || podVariables.includes(name);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ofJob(name)));
}

/**
 * @param env of the process
 * @param indices of the array, for schedulers that count from 0
 * @throws ClusterError `cluster/submission` when a task of an array does not know which
 */
export function jobIdentity(env: NodeJS.ProcessEnv, indices: readonly number[]): JobIdentity {
  const slurm = env['SLURM_JOB_ID'];
  if (slurm !== undefined) {
    const array = env['SLURM_ARRAY_JOB_ID'];
    const task = env['SLURM_ARRAY_TASK_ID'];
    const job = array === undefined ? slurm : `${array}_${task ?? ''}`;
    return {
      job,
      lock: `slurm ${env['SLURM_CLUSTER_NAME'] ?? ''} ${job}`,
      index: task === undefined ? only(indices) : Number(task),
      node: env['SLURMD_NODENAME'],
      restarts: Number(env['SLURM_RESTART_COUNT']) || undefined,
    };
  }
  const pod = env['POD_NAME'];
  if (pod !== undefined) {
    const position = Number(env['JOB_COMPLETION_INDEX'] ?? 0);
    const index = indices[position] ?? only([]);
    return {
      job: pod,
      lock: `kubernetes ${env['JOB_UID'] ?? pod} ${position}`,
      index,
      node: env['NODE_NAME'],
      restarts: undefined,
    };
  }
  return {
    job: `process ${process.pid}`,
    lock: undefined,
    index: only(indices),
    node: undefined,
    restarts: undefined,
  };
}

function only(indices: readonly number[]): number {
  const [index] = indices;
  if (index !== undefined && indices.length === 1) return index;
  throw new ClusterError({
    code: 'cluster/submission',
    reason: 'this job does not know which task of its array it is',
    remedy: 'submit again',
  });
}
