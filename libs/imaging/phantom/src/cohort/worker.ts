import { parentPort, workerData } from 'node:worker_threads';
import { readBackground } from '../background/background.js';
import type { CohortOptions, PatientPlan } from './plan.js';
import { writePatient } from './write-patient.js';

/** Sent to a worker. */
export interface PatientTask {
  readonly patient: PatientPlan;
  readonly folder: string;
}

/** Given to a worker at its start. */
export interface WorkerOptions extends CohortOptions {
  readonly background: string | undefined;
}

const options = workerData as WorkerOptions;
const { background: folder, size } = options;
const background = folder === undefined ? undefined : await readBackground(folder, size);
parentPort?.on('message', ({ patient, folder }: PatientTask) => {
  parentPort?.postMessage(writePatient(patient, options, folder, background));
});
