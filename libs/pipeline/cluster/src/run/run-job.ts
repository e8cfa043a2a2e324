import { IchorError, messageOf, variables } from '@ichor/files';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, hostname } from 'node:os';
import { join } from 'node:path';
import { ClusterError } from '../error.js';
import { stepsDone } from '../jobs/progress.js';
import { foldOf } from '../plan/arrays.js';
import type { PlannedStep } from '../plan/step-plan.js';
import { formatMemory } from '../settings/quantities.js';
import { runProgram, type RunProgram } from '../slurm/commands.js';
import { logName } from '../slurm/sbatch.js';
import {
  jobsFolder,
  readStepPlan,
  readSubmission,
  submissionPaths,
  type Submission,
  type SubmittedArray,
} from '../submission/submission.js';
import { jobIdentity, type JobIdentity } from './identity.js';
import { appendingLog, type JobLog } from './job-log.js';
import { Recorder } from './recorder.js';
import { runRecordPath, type Run } from './run-record.js';
import { childCpuSeconds, descendantMemory } from './usage.js';

export interface JobOptions {
  /** Of the submission. */
  readonly folder: string;
  readonly array: string;
  /** Of the task; default: what the scheduler says. */
  readonly index?: number | undefined;
  /** For tests. */
  readonly run?: RunProgram;
  readonly print?: (line: string) => void;
}

/** Exit code of a program that saved because it was asked to stop. */
const INTERRUPTED = 130;
const KILLED = 128 + constants.signals.SIGKILL;
/** Milliseconds between two looks at the memory. */
const LOOK = 2000;

/**
 * Runs one step as a job: it is the first process of the job, starts the step, hands signals on, and writes down how it
 * ended. SIGUSR2 comes before the time limit: the step saves, and the job goes back into the queue. SIGTERM comes when it is
 * cancelled or preempted: the step saves.
 *
 * @returns the exit code
 */
export async function runJob({
  folder,
  array: name,
  index,
  run: call = runProgram,
  print: given,
}: JobOptions): Promise<number> {
  // Before anything else: without a listener the signal ends the process.
  const stop = listenForSignals();
  const submission = await readSubmission(folder);
  const { array, identity, task } = findTask(submission, { folder, array: name, index });
  const step = await findStep(folder, task.step);
  const record = new Recorder(runRecordPath(jobsFolder(submission.root), step.id));
  const log =
    submission.system === 'kubernetes'
      ? appendingLog(join(jobsFolder(submission.root), 'logs', logName(step.id)))
      : undefined;
  const print = given ?? ((line: string) => (log ?? writeOutput)(`${line}\n`));
  const stepsBefore = await stepsOf(step, submission);
  const node = identity.node ?? hostname();
  const tries = await record.begin(
    {
      job: identity.job,
      submission: submission.id,
      node,
      startedAt: new Date().toISOString(),
      outcome: 'running',
      cores: array.resources.cores,
      memory: memoryHere(process.env) ?? array.resources.memory,
      ...(stepsBefore === undefined ? {} : { stepsBefore }),
    },
    identity.restarts,
  );
  print(
    `${new Date().toISOString()} ${step.id}: job ${identity.job} on ${node}${tries > 1 ? `, try ${tries}` : ''}`,
  );
  const { code, usage } = await startStep(submission, { folder, step: step.id, identity, stop, log });
  const end = (outcome: Run['outcome'], message?: string) => {
    if (message !== undefined) print(`${new Date().toISOString()} ${step.id}: ${message}`);
    return record.end({ ...usage, outcome, exitCode: code, ...(message === undefined ? {} : { message }) });
  };
  const ended: EndedTry = { code, signal: stop.signal, submission, array, identity, step, record, tries };
  return closeTry(ended, { call, end });
}

/** A try of a step whose program has ended. */
interface EndedTry {
  readonly code: number;
  /** What the job was told meanwhile. */
  readonly signal: NodeJS.Signals | undefined;
  readonly submission: Submission;
  readonly array: SubmittedArray;
  readonly identity: JobIdentity;
  readonly step: PlannedStep;
  readonly record: Recorder;
  /** Tries of the same job with this one. */
  readonly tries: number;
}

interface Effects {
  readonly call: RunProgram;
  /** Writes down how the try ended, and prints it. */
  readonly end: (outcome: Run['outcome'], message?: string) => Promise<void>;
}

/** @returns the exit code of the job */
async function closeTry(ended: EndedTry, effects: Effects): Promise<number> {
  const { code, signal } = ended;
  const { end } = effects;
  const saved = signal !== undefined && (code === INTERRUPTED || code === 128 + constants.signals.SIGTERM);
  if (code === 0) {
    await end('complete');
    return 0;
  }
  if (saved && signal === 'SIGUSR2') return putBack(ended, effects);
  if (saved) {
    await end('stopped', 'saved, because it was asked to stop');
    return code;
  }
  if (code === KILLED) return killed(ended, effects);
  await end('failed', `failed with exit code ${code}`);
  return code;
}

/** A step that saved before the time limit goes back into the queue, unless that leads nowhere. */
async function putBack(
  { submission, step, record, tries, identity }: EndedTry,
  { call, end }: Effects,
): Promise<number> {
  const before = record.run?.stepsBefore ?? 0;
  const after = await stepsOf(step, submission);
  // One such try may be a slow node, or the validation after an epoch; after two in a row, a third will not do better.
  if (after !== undefined && after <= before && record.stoodStill(before)) {
    await end(
      'failed',
      'two tries in a row had no time for a single step of training; raise "time" in cluster.json',
    );
    return 1;
  }
  if (tries > submission.requeues) {
    await end(
      'failed',
      `was put back in the queue ${tries - 1} times; raise "time" or "slurm.requeues" in cluster.json`,
    );
    return 1;
  }
  await end('requeued', 'saved before the time limit; goes on from there in the next try');
  try {
    await call('scontrol', ['requeue', identity.job]);
  } catch (error) {
    await end('failed', `saved, but could not be put back: ${reasonOf(error)}; submit again`);
    return 1;
  }
  return 0;
}

/** A step that was killed from outside; with more memory it is tried again where that is asked for. */
async function killed(
  {
    submission: { escalateMemory, system },
    array: { resources },
    identity: { job },
    record,
    tries,
  }: EndedTry,
  { call, end }: Effects,
): Promise<number> {
  const had = record.run?.memory ?? resources.memory;
  const why = `was killed by the system, nearly always because ${formatMemory(had)} of memory are too little`;
  const next =
    escalateMemory === undefined
      ? had
      : Math.min(Math.ceil(had * escalateMemory.factor), escalateMemory.limit);
  if (system !== 'slurm' || next <= had || tries > 50) {
    const reached = escalateMemory !== undefined && next <= had ? ' ("escalateMemory" is at its limit)' : '';
    await end('killed', `${why}; raise "memory" in cluster.json${reached}`);
    return KILLED;
  }
  await end('killed', `${why}; tried again with ${formatMemory(next)}`);
  // The memory of a running job cannot change: the job is held, changed, and released. SIGTERM arrives meanwhile.
  try {
    await call('scontrol', ['requeuehold', job]);
    await call('scontrol', ['update', `JobId=${job}`, `MinMemoryNode=${next}`]);
    await call('scontrol', ['release', job]);
  } catch (error) {
    const message = `${why}; could not be tried again: ${reasonOf(error)}`;
    await end('killed', message);
    // Else it may stay held in the queue for ever.
    await call('scancel', [job]).catch(() => end('killed', `${message}; end it with: scancel ${job}`));
    return KILLED;
  }
  return 0;
}

function reasonOf(error: unknown): string {
  return error instanceof IchorError ? error.reason : messageOf(error);
}

/** Mebibytes that Slurm gave to this try. */
function memoryHere(env: NodeJS.ProcessEnv): number | undefined {
  const given = Number(env['SLURM_MEM_PER_NODE']);
  return given > 0 ? given : undefined;
}

interface Stop {
  /** The signal that came. */
  signal: NodeJS.Signals | undefined;
  /** What to do when it comes. */
  act: () => void;
}

function listenForSignals(): Stop {
  const stop: Stop = { signal: undefined, act: () => undefined };
  for (const signal of ['SIGUSR2', 'SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // A cancellation wins over the time limit: a requeue would bring the job back.
      if (signal !== 'SIGUSR2' || stop.signal === undefined) stop.signal = signal;
      stop.act();
    });
  }
  return stop;
}

interface StepStart {
  readonly folder: string;
  readonly step: string;
  readonly identity: JobIdentity;
  readonly stop: Stop;
  /** Takes its output; without one it goes where that of the job goes. */
  readonly log: JobLog | undefined;
}

function writeOutput(text: string): void {
  process.stdout.write(text);
}

async function startStep(
  { root, runner, environment, workspace }: Submission,
  { folder, step, identity, stop, log }: StepStart,
): Promise<{ readonly code: number; readonly usage: Pick<Run, 'cpuSeconds' | 'peakMemory'> }> {
  const child = spawn(process.execPath, [runner, submissionPaths(folder).plan, step], {
    cwd: workspace,
    stdio: log === undefined ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    env: {
      // A line every five seconds for days would make the log unreadable.
      [variables.progressInterval]: '60',
      ...process.env,
      ...environment,
      [variables.root]: root,
      ...(identity.lock === undefined ? {} : { [variables.job]: identity.lock }),
    },
  });
  if (log !== undefined) for (const stream of [child.stdout, child.stderr]) stream?.on('data', log);
  stop.act = () => void child.kill('SIGTERM');
  if (stop.signal !== undefined) stop.act();
  let peak: number | undefined;
  const look = setInterval(() => {
    const now = descendantMemory();
    if (now !== undefined) peak = Math.max(peak ?? 0, now);
  }, LOOK);
  try {
    const [code, signal] = (await once(child, log === undefined ? 'exit' : 'close')) as [
      number | null,
      NodeJS.Signals | null,
    ];
    const cpuSeconds = childCpuSeconds();
    return {
      code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]),
      usage: {
        ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
        ...(peak === undefined ? {} : { peakMemory: peak }),
      },
    };
  } finally {
    clearInterval(look);
    stop.act = () => undefined;
  }
}

/** The task that this job is, as the scheduler says or as it was asked for. */
function findTask(
  { arrays }: Submission,
  { folder, array: name, index }: Pick<JobOptions, 'folder' | 'array' | 'index'>,
) {
  const array = arrays.find((candidate) => candidate.name === name);
  const indices = (array?.tasks ?? []).map((task) => task.index);
  const identity = jobIdentity(process.env, index === undefined ? indices : [index]);
  const task = array?.tasks.find((candidate) => candidate.index === identity.index);
  if (array !== undefined && task !== undefined) return { array, identity, task };
  throw new ClusterError({
    code: 'cluster/submission',
    file: submissionPaths(folder).submission,
    reason: `there is no task ${identity.index} of ${name} in it`,
    remedy: 'submit again',
  });
}

/** Steps of training that its fold has behind it; undefined for a step that does not train a fold. */
async function stepsOf({ kind, target, folder }: PlannedStep, { root }: Submission) {
  const fold = foldOf(target);
  return kind === 'train' && fold !== undefined ? await stepsDone(join(root, folder), fold) : undefined;
}

async function findStep(folder: string, id: string): Promise<PlannedStep> {
  const step = (await readStepPlan(folder)).steps.find((candidate) => candidate.id === id);
  if (step !== undefined) return step;
  throw new ClusterError({
    code: 'cluster/submission',
    file: submissionPaths(folder).plan,
    reason: `there is no step ${id} in it`,
    remedy: 'submit again',
  });
}
