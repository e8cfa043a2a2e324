import { Preparer } from '@ichor/base-model';
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf, present } from '@ichor/files';
import type { WorkerReply, WorkerSetup, WorkerTask } from './messages.js';
import { openCache } from './plane-cache.js';

// The pool starts this file with a WorkerSetup and sends it WorkerTasks.
const { recipe, cache, slots } = workerData as WorkerSetup;
const arrays = slots.map((slot) => new Float32Array(slot));
let warning: string | undefined;
const warn = (text: string) => {
  warning = text;
};
const preparer = new Preparer(recipe, cache && openCache(cache, recipe, warn));
let last = Promise.resolve();

parentPort?.on('message', ({ task, slot, start, request }: WorkerTask) => {
  // The preparer reads into one buffer: one sample at a time.
  last = last.then(async () => {
    let failure: string | undefined;
    try {
      await preparer.prepare(request, present(arrays[slot]), start);
    } catch (error) {
      failure = messageOf(error);
    }
    parentPort?.postMessage({ task, failure, warning } satisfies WorkerReply);
    warning = undefined;
  });
});
