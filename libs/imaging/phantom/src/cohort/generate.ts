import { mkdir, readdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  acquireLock,
  errorOf,
  IchorError,
  notWritable,
  readTextFile,
  removeTemporaries,
  writeFileAtomic,
} from '@ichor/files';
import { z } from 'zod';
import { visibleKinds, areasCsv, labelsCsv, sampleSubmissionCsv, type SliceRecord } from './labels.js';
import { planCohort, type CohortOptions, type PatientPlan } from './plan.js';
import type { PatientAnswer, PatientTask, WorkerOptions } from './worker.js';
import { readBackground } from '../background/background.js';
import { writePatient } from './write-patient.js';
import { writeBroken } from './broken.js';

export interface GenerateOptions extends CohortOptions {
  /** Gets `input/` in the Kaggle layout and `truth/`. */
  readonly out: string;
  /** Folder of a real study to put the bleeds into. */
  readonly background?: string;
  /** Adds files that cannot be read. */
  readonly broken: boolean;
  /** Worker threads; 1 renders on the calling thread. */
  readonly workers?: number;
  /** Removes a set that is already there. */
  readonly overwrite?: boolean;
  readonly signal?: AbortSignal;
  /** Called after each patient. */
  readonly onPatient?: (slices: number) => void;
}

export interface GeneratedSet {
  readonly patients: number;
  readonly studies: number;
  readonly slices: number;
  /** Slices with a bleed. */
  readonly positive: number;
  readonly brokenFiles: number;
  /** The same set was there already; nothing was written. */
  readonly reused: boolean;
}

/** Counts up when the same options give other bytes than before: a set of an earlier generation is not reused. */
const GENERATION = 4;

/** Where the parts of a set are. */
export function setLayout(out: string) {
  const input = join(out, 'input');
  const truth = join(out, 'truth');
  return {
    trainImages: join(input, 'stage_2_train_images'),
    testImages: join(input, 'stage_2_test_images'),
    trainCsv: join(input, 'stage_2_train.csv'),
    sampleSubmission: join(input, 'stage_2_sample_submission.csv'),
    testLabels: join(truth, 'stage_2_test.csv'),
    trainAreas: join(truth, 'train_areas.csv'),
    testAreas: join(truth, 'test_areas.csv'),
    broken: join(truth, 'broken.csv'),
    description: join(truth, 'phantom.json'),
  };
}

/**
 * Makes a set. The same options give the same bytes, for any number of workers.
 *
 * @throws IchorError `phantom/occupied` when another set is there, `phantom/stopped` when the signal is aborted,
 *   `files/locked` when another process makes one there, `files/not-writable`
 */
export async function generateSet(options: GenerateOptions): Promise<GeneratedSet> {
  const lock = await acquireLock(options.out, { purpose: 'phantom' });
  try {
    return await generate(options);
  } catch (error) {
    // A stopped thread leaves the slice on which it worked.
    const { trainImages, testImages } = setLayout(options.out);
    for (const folder of [trainImages, testImages]) await removeTemporaries(folder);
    throw error;
  } finally {
    await lock.release();
  }
}

async function generate(options: GenerateOptions): Promise<GeneratedSet> {
  const paths = setLayout(options.out);
  const settings = settingsOf(options);
  const earlier = options.overwrite === true ? undefined : await readDescription(paths.description);
  if (earlier !== undefined) {
    const isSame = JSON.stringify(earlier.settings) === JSON.stringify(settings);
    if (isSame && earlier.generation === GENERATION) return { ...earlier.set, reused: true };
  }
  await prepareFolders(options, earlier !== undefined);
  const plan = planCohort(options);
  const records: Records = { train: [], test: [] };
  const folderOf = ({ set }: PatientPlan) => (set === 'train' ? paths.trainImages : paths.testImages);
  await eachPatient(plan, options, folderOf, (patient, found) => {
    records[patient.set].push(...found);
    options.onPatient?.(found.length);
  });
  if (options.signal?.aborted === true) throw stopped(options.out);
  const damaged = options.broken ? await writeBroken(options, paths) : [];
  await writeTexts(paths, records, options.broken ? damaged : undefined);
  const all = [...records.train, ...records.test];
  const set = {
    patients: plan.length,
    studies: plan.reduce((sum, patient) => sum + patient.studies, 0),
    slices: all.length,
    positive: all.filter(({ areas }) => visibleKinds(areas).length > 0).length,
    brokenFiles: damaged.length,
  };
  const description: Description = { generation: GENERATION, settings, set };
  await writeFileAtomic(paths.description, `${JSON.stringify(description, undefined, 2)}\n`);
  return { ...set, reused: false };
}

/** Slices that can be read. */
type Records = Readonly<Record<'train' | 'test', SliceRecord[]>>;

/** The options that a set is made from; stored in its description, and given to each worker. */
function settingsOf(options: GenerateOptions) {
  const { seed, patients, testPatients, size, prevalence, broken } = options;
  const { background, sliceSpacing, bleedSize } = options;
  // Named where there are some: sets from before there was a choice are still known.
  const varieties = options.varieties?.length ? options.varieties : undefined;
  return {
    seed,
    patients,
    testPatients,
    size,
    prevalence,
    sliceSpacing,
    bleedSize,
    broken,
    background,
    varieties,
  };
}

/** @throws IchorError `phantom/occupied` when a described set is there that is not to be replaced */
async function prepareFolders({ out, overwrite }: GenerateOptions, isDescribed: boolean): Promise<void> {
  const { trainImages, testImages } = setLayout(out);
  for (const folder of [trainImages, testImages]) {
    if (overwrite === true) await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
      throw notWritable(folder, cause);
    });
    // Partial files of a killed run: no other process writes here.
    await removeTemporaries(folder);
    // What a stopped run left is taken over: the same names come out again.
    if ((await readdir(folder)).length > 0 && isDescribed) throw occupied(out);
  }
}

/** Labels, areas and the sample submission; where there are damaged files, those too. */
async function writeTexts(
  paths: ReturnType<typeof setLayout>,
  records: Records,
  damaged: Awaited<ReturnType<typeof writeBroken>> | undefined,
): Promise<void> {
  const withDamaged = (name: 'train' | 'test') => [
    ...records[name],
    ...(damaged ?? []).filter(({ set }) => set === name).map(({ record }) => record),
  ];
  const [train, test] = [withDamaged('train'), withDamaged('test')];
  const repeat = train.length < 40 ? 0 : Math.min(4, 1 + Math.floor(train.length / 400));
  await writeFileAtomic(paths.sampleSubmission, sampleSubmissionCsv(test));
  await writeFileAtomic(paths.testLabels, labelsCsv(test));
  await writeFileAtomic(paths.trainAreas, areasCsv(records.train));
  await writeFileAtomic(paths.testAreas, areasCsv(records.test));
  if (damaged !== undefined) {
    const rows = damaged.map(({ set, record, damage }) => `${record.id},${set},${damage}\n`);
    await writeFileAtomic(paths.broken, `ID,set,damage\n${rows.join('')}`);
  }
  await writeFileAtomic(paths.trainCsv, labelsCsv(train, repeat));
}

const descriptionSchema = z.object({
  generation: z.number(),
  settings: z.unknown(),
  set: z.object({
    patients: z.number(),
    studies: z.number(),
    slices: z.number(),
    positive: z.number(),
    brokenFiles: z.number(),
  }),
});

type Description = z.infer<typeof descriptionSchema>;

/**
 * @returns undefined when there is none
 * @throws IchorError `phantom/occupied` when it is damaged: which set the folder holds is not known then
 */
async function readDescription(path: string): Promise<Description | undefined> {
  const text = await readTextFile(path);
  if (text === undefined) return undefined;
  const found = descriptionSchema.safeParse(parsed(text));
  if (found.success) return found.data;
  throw new IchorError({
    code: 'phantom/occupied',
    file: path,
    reason: 'the description of the synthetic set is damaged, so it is not known which set the folder holds',
    remedy: 'choose another folder, or add --overwrite',
  });
}

/** Undefined when it is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function occupied(out: string): IchorError {
  return new IchorError({
    code: 'phantom/occupied',
    file: out,
    reason: 'the folder holds another synthetic set, or the same set of an earlier version',
    remedy: 'choose another folder, or add --overwrite',
  });
}

function stopped(out: string): IchorError {
  return new IchorError({
    code: 'phantom/stopped',
    file: out,
    reason: 'stopped before the set was complete',
    remedy: 'run the same command again',
  });
}

/** Runs the patients through the workers; the order in which they end does not matter. */
async function eachPatient(
  plan: readonly PatientPlan[],
  options: GenerateOptions,
  folderOf: (patient: PatientPlan) => string,
  done: (patient: PatientPlan, records: SliceRecord[]) => void,
): Promise<void> {
  const workers = Math.min(plan.length, options.workers ?? availableParallelism());
  if (workers > 1) {
    const pool = new PatientWorkers(plan, options, folderOf, done);
    const ends = await Promise.allSettled(Array.from({ length: workers }, () => pool.run()));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    if (options.signal?.aborted === true) throw stopped(options.out);
    return;
  }
  const { background: folder } = options;
  const background = folder === undefined ? undefined : await readBackground(folder, options.size);
  for (const patient of plan) {
    if (options.signal?.aborted === true) throw stopped(options.out);
    done(patient, writePatient(patient, options, folderOf(patient), background));
    // Lets a progress bar and a stop signal in.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Threads that each take one patient after the other from one list. */
class PatientWorkers {
  readonly #waiting: PatientPlan[];
  readonly #workerData: WorkerOptions;
  readonly #signal: AbortSignal | undefined;
  readonly #folderOf: (patient: PatientPlan) => string;
  readonly #done: (patient: PatientPlan, records: SliceRecord[]) => void;
  #failed = false;

  constructor(
    plan: readonly PatientPlan[],
    options: GenerateOptions,
    folderOf: (patient: PatientPlan) => string,
    done: (patient: PatientPlan, records: SliceRecord[]) => void,
  ) {
    this.#waiting = [...plan].reverse();
    this.#workerData = settingsOf(options);
    this.#signal = options.signal;
    this.#folderOf = folderOf;
    this.#done = done;
  }

  /** One thread, until no patient waits, a stop is asked for, or a thread has failed. */
  run(): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const url = new URL('../../dist/cohort/worker.js', import.meta.url);
      const worker = new Worker(url, { workerData: this.#workerData });
      let current: PatientPlan | undefined;
      const fail = (error: unknown) => {
        this.#failed = true;
        void worker.terminate();
        reject(error);
      };
      // A patient takes seconds at full size: a stop does not wait for the end of one.
      const stop = () => void worker.terminate().then(() => resolve());
      this.#signal?.addEventListener('abort', stop, { once: true });
      worker.once('exit', () => this.#signal?.removeEventListener('abort', stop));
      const next = () => {
        current = this.#signal?.aborted === true || this.#failed ? undefined : this.#waiting.pop();
        if (current === undefined) void worker.terminate().then(() => resolve());
        else worker.postMessage({ patient: current, folder: this.#folderOf(current) } satisfies PatientTask);
      };
      worker.on('error', fail);
      worker.on('message', (answer: PatientAnswer) => {
        if ('failure' in answer) {
          fail(errorOf(answer.failure));
          return;
        }
        if (current !== undefined) this.#done(current, answer.records);
        next();
      });
      next();
    });
  }
}
