import { parentPort, workerData } from 'node:worker_threads';
import type { CohortOptions, PatientPlan } from './plan.js';
import { writePatient } from './write-patient.js';

/** Sent to a worker. */
export interface PatientTask {
  readonly patient: PatientPlan;
  readonly folder: string;
}

const options = workerData as CohortOptions;
parentPort?.on('message', ({ patient, folder }: PatientTask) => {
  parentPort?.postMessage(writePatient(patient, options, folder));
});
