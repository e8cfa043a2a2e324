import { Worker } from 'node:worker_threads';
import { errorOf } from '@ichor/files';
import { bundled } from '@ichor/files/bundled';
import { HashingReader } from '../hash.js';
import { checkContent, type CheckedFile, type WantedFile } from './check-file.js';
import type { CheckReply } from './check-worker.js';

/** A smaller file is hashed before a thread has started. */
const smallFile = 16 * 2 ** 20;

/** Checks files one after another, the large ones in a thread of its own: hashing would block the event loop. */
export class FileChecker {
  readonly #reader = new HashingReader();
  #worker: Worker | undefined;

  /** @throws as `checkContent` */
  async check(wanted: WantedFile, signal?: AbortSignal): Promise<CheckedFile> {
    if (wanted.bytes < smallFile) return checkContent(this.#reader, wanted, signal);
    signal?.throwIfAborted();
    // Compiled code, also when this file runs from src.
    const worker = (this.#worker ??= new Worker(
      bundled(new URL('../../dist/check/check-worker.js', import.meta.url)),
    ));
    return new Promise((resolve, reject) => {
      const listeners = {
        message: (reply: CheckReply) => {
          settle(() => ('failure' in reply ? reject(errorOf(reply.failure) as Error) : resolve(reply)));
        },
        error: (cause: Error) => settle(() => reject(cause)),
        exit: (code: number) =>
          settle(() => reject(new Error(`the thread that checks files ended with code ${code}`))),
      };
      const stop = (): void => settle(() => reject(signal?.reason as Error));
      const settle = (act: () => void): void => {
        for (const [event, listener] of Object.entries(listeners)) worker.off(event, listener);
        signal?.removeEventListener('abort', stop);
        act();
      };
      for (const [event, listener] of Object.entries(listeners)) worker.on(event, listener);
      signal?.addEventListener('abort', stop);
      worker.postMessage(wanted);
    });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }
}
