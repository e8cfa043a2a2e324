import { parentPort, workerData } from 'node:worker_threads';
import { failureOf, type Failure } from '@ichor/files';
import { readBackground } from '../background/background.js';
import type { CohortOptions, PatientPlan } from './plan.js';
import type { SliceRecord } from './labels.js';
import { writePatient } from './write-patient.js';

/** A message to a worker. */
export interface PatientTask {
  readonly patient: PatientPlan;
  readonly folder: string;
}

/** The answer of a worker: records of the slices, or the reason of its failure. */
export type PatientAnswer = { readonly records: SliceRecord[] } | { readonly failure: Failure };

/** The options that a worker gets at its start. */
export interface WorkerOptions extends CohortOptions {
  readonly background: string | undefined;
}

const options = workerData as WorkerOptions;
const { background: folder, size } = options;
const background = folder === undefined ? undefined : await readBackground(folder, size);
parentPort?.on('message', ({ patient, folder }: PatientTask) => {
  parentPort?.postMessage(answer(patient, folder));
});

function answer(patient: PatientPlan, folder: string): PatientAnswer {
  try {
    return { records: writePatient(patient, options, folder, background) };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}
