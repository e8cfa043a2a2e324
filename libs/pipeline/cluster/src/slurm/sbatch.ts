import { present } from '@ichor/files';
import type { Dependency, JobArray } from '../plan/arrays.js';
import type { SlurmSettings } from '../settings/cluster-file.js';
import { slurmDuration } from '../settings/quantities.js';

/** The signal before the limit. SIGUSR1 starts the debugger of Node.js. */
const SIGNAL = 'USR2';

export interface SbatchContext {
  readonly slurm: SlurmSettings;
  readonly workspace: string;
  /** Of the submission. */
  readonly folder: string;
  /** Of the logs. */
  readonly logs: string;
  /** Absolute paths of Node.js and of the program of jobs. */
  readonly node: string;
  readonly program: string;
  /** Number that Slurm gave to an array. */
  jobId(array: string): string;
}

/** One call of sbatch: no shell sees the arguments; the script goes to standard input. */
export interface SbatchCall {
  readonly args: readonly string[];
  readonly script: string;
}

/** How an array is submitted. */
export function sbatchCall(array: JobArray, context: SbatchContext): SbatchCall {
  const { slurm, workspace, folder, logs, node, program } = context;
  const { partition, gpus, gpuType, cores, memory, time } = array.resources;
  const after = array.after.map((dependency) => dependencyText(dependency, context)).join(',');
  const optional = (option: string, value: string | undefined) =>
    value === undefined || value === '' ? [] : [`--${option}=${value}`];
  return {
    args: [
      '--parsable',
      `--job-name=${slurmName(array)}`,
      ...(array.single ? [] : [`--array=${array.tasks.map(({ index }) => index).join(',')}`]),
      ...optional('dependency', after),
      ...(after === '' ? [] : ['--kill-on-invalid-dep=yes']),
      ...optional('partition', partition),
      ...optional('account', slurm.account),
      ...optional('qos', slurm.qos),
      ...optional('constraint', slurm.constraint),
      ...optional('exclude', slurm.exclude.join(',')),
      '--nodes=1',
      '--ntasks=1',
      `--cpus-per-task=${cores}`,
      `--mem=${memory}M`,
      `--time=${slurmDuration(time)}`,
      ...(gpus === 0 ? [] : [`--gres=gpu:${gpuType === undefined ? '' : `${gpuType}:`}${gpus}`]),
      '--requeue',
      `--signal=B:${SIGNAL}@${slurm.signalSeconds}`,
      `--chdir=${workspace}`,
      `--output=${literal(logs)}/${logPattern(array)}`,
      '--open-mode=append',
      ...slurm.options,
    ],
    // With exec the signal, which goes to the batch shell only, reaches the program.
    script: [
      '#!/bin/sh',
      ...slurm.setup,
      `exec ${[node, program, folder, array.name].map(shellQuoted).join(' ')}`,
      '',
    ].join('\n'),
  };
}

/** It identifies the job, because a newly installed Slurm uses the same job numbers again. */
export function slurmName({ name }: Pick<JobArray, 'name'>): string {
  return `ichor-${name}`;
}

/** The call as a person would type it. */
export function sbatchText({ args, script }: SbatchCall): string {
  return `sbatch ${args.map(shellWord).join(' ')} <<'SCRIPT'\n${script}SCRIPT`;
}

function dependencyText(dependency: Dependency, { jobId }: SbatchContext): string {
  switch (dependency.kind) {
    case 'corresponding':
      return `aftercorr:${jobId(dependency.array)}`;
    case 'all':
      return `afterok:${jobId(dependency.array)}`;
    case 'some':
      return `afterok:${dependency.indices.map((index) => `${jobId(dependency.array)}_${index}`).join(':')}`;
    case 'earlier':
      return `afterok:${dependency.jobs.join(':')}`;
  }
}

/** `xception.train-fold-%a.log`: one log a step, whatever the submission. */
function logPattern({ tasks, single }: JobArray): string {
  const name = logName(present(tasks[0]).step);
  return single ? literal(name) : literal(name.replace(/\d+\.log$/, '')) + '%a.log';
}

/** The log of a step below the folder of logs. */
export function logName(step: string): string {
  return `${step.replace(':', '.')}.log`;
}

/** Slurm replaces what follows a percent sign in names of files. */
function literal(path: string): string {
  return path.replaceAll('%', '%%');
}

function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : shellQuoted(word);
}
