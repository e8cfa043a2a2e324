import { Worker } from 'node:worker_threads';
import type { ChunkTask, Unreadable, WorkerMessage } from './messages.js';

export interface PoolOptions {
  readonly workers: number;
  /** Stops between chunks. */
  readonly signal: AbortSignal;
  /** Slices read, in small steps. */
  readonly onProgress: (slices: number) => void;
  /** A chunk is on disk. May throw to stop the run. */
  readonly onChunk: (unreadable: readonly Unreadable[]) => void;
}

/**
 * Reads chunks on worker threads, each taking the next one when it is done.
 *
 * @throws whatever a worker or `onChunk` threw, or the reason of the signal; the chunks finished so far are on disk.
 */
export async function readChunks(tasks: readonly ChunkTask[], options: PoolOptions): Promise<void> {
  const queue = tasks.values();
  let failed = false;
  const runWorker = async () => {
    // Works from src (tests) as from dist.
    const worker = new Worker(new URL('../dist/worker.js', import.meta.url));
    try {
      for (const task of queue) {
        if (failed) return;
        options.signal.throwIfAborted();
        await runTask(worker, task, options);
      }
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      await worker.terminate();
    }
  };
  const count = Math.max(1, Math.min(options.workers, tasks.length));
  const results = await Promise.allSettled(Array.from({ length: count }, runWorker));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

function runTask(worker: Worker, task: ChunkTask, { onProgress, onChunk }: PoolOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    // Listeners are removed one by one: `removeAllListeners` would also take the ones by which Node keeps a
    // worker's port open, and no message would come any more.
    const settle = (finish: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      finish();
    };
    const onError = (error: unknown) => settle(() => reject(error));
    const onExit = (code: number) =>
      settle(() => reject(new Error(`a reading thread ended with code ${code}`)));
    const onMessage = (message: WorkerMessage) => {
      if (message.kind === 'progress') {
        onProgress(message.slices);
        return;
      }
      settle(() => {
        if (message.kind === 'failed') {
          reject(message.error);
          return;
        }
        try {
          onChunk(message.unreadable);
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    };
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(task);
  });
}
