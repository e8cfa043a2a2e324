import { workerData } from 'node:worker_threads';
import { instantiateSharedKernels } from './kernels.js';
import type { HelperData } from './optimizer-threads.js';
import { SharedWork } from './shared-work.js';

const { memory, work } = workerData as HelperData;
new SharedWork(work).helpUntilClosed(instantiateSharedKernels(memory));
