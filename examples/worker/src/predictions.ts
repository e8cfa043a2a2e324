import { Worker } from 'node:worker_threads';
import type { Answer, Request } from './messages.js';

/** Six probabilities of each study of a folder, by StudyInstanceUID, computed in a worker thread. */
export async function predictions(folder: string): Promise<Map<string, readonly number[]>> {
  const worker = new Worker(new URL('./worker.js', import.meta.url));
  const found = new Map<string, readonly number[]>();
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on('error', reject);
      worker.on('message', (answer: Answer) => {
        if ('error' in answer) reject(new Error(answer.error));
        else if ('done' in answer) resolve();
        else found.set(answer.study, answer.probabilities);
      });
      const request: Request = { folder };
      worker.postMessage(request);
    });
  } finally {
    await worker.terminate();
  }
  return found;
}
