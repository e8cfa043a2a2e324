import { Worker } from 'node:worker_threads';
import { bundled } from '@ichor/files/bundled';
import { present } from '@ichor/files';
import type { Tensor } from '@ichor/nn';
import { EngineError, type EngineErrorCode } from '../error.js';
import type { EngineOptions } from '../engine.js';
import type { OnnxSession } from './open-onnx.js';
import type { Preparation } from './prepared/prepared-networks.js';
import type { ThreadFailure, ThreadReply, ThreadRequest } from './thread-protocol.js';

interface Pending {
  readonly resolve: (reply: ThreadReply) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A thread that opens and runs `.onnx` files. onnxruntime blocks the calling thread until it is done; with a separate thread
 * the caller's event loop goes on: signals, progress, servers. Several threads run several networks at once.
 */
export class OnnxThread {
  readonly #options: EngineOptions;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #tasks = 0;
  #ended: Error | undefined;

  constructor({ provider, threads }: EngineOptions = {}) {
    // Only these fields of a larger object: a message to a thread must be plain data.
    this.#options = { ...(provider && { provider }), ...(threads !== undefined && { threads }) };
  }

  /**
   * As `openOnnx`, with the same errors.
   *
   * @param preparation opens the prepared network of the file, and prepares it first where it is not there
   * @param later opens the file where it is not prepared, which is faster, and leaves that to {@link prepare}
   */
  async open(path: string, preparation?: Preparation, later = false): Promise<OnnxSession> {
    const options = this.#options;
    const reply = await this.#ask({
      kind: 'open',
      path,
      options,
      later,
      ...(preparation && { preparation }),
    });
    const { session, inputs, outputs, provider } = present('opened' in reply ? reply.opened : undefined);
    return {
      inputs,
      outputs,
      provider,
      run: async (feeds, wanted = outputs) => {
        const copies = Object.entries(feeds).map(([name, tensor]) => [name, copyOf(tensor)] as const);
        const answer = await this.#ask(
          { kind: 'run', session, inputs: Object.fromEntries(copies), outputs: wanted },
          copies.map(([, { data }]) => data.buffer),
        );
        return present('results' in answer ? answer.results : undefined);
      },
      dispose: async () => {
        // A thread that has ended holds no session.
        if (this.#ended === undefined) await this.#ask({ kind: 'dispose', session });
      },
    };
  }

  /**
   * Prepares a network for a later run, unless it is prepared or cannot be.
   *
   * @throws EngineError `runtime/onnx` for a file that has another hash
   */
  async prepare(path: string, preparation: Preparation): Promise<void> {
    await this.#ask({ kind: 'prepare', path, options: this.#options, preparation });
  }

  /** Ends the thread. Open requests are rejected; a network that is running finishes its run first. */
  async close(): Promise<void> {
    this.#fail(
      new EngineError({ code: 'runtime/thread', reason: 'the thread that runs networks is closed' }),
    );
    await this.#worker?.terminate();
  }

  #ask(request: ThreadRequest, moved: ArrayBuffer[] = []): Promise<ThreadReply> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(this.#ended);
        return;
      }
      const task = this.#tasks++;
      this.#pending.set(task, { resolve, reject });
      const worker = (this.#worker ??= this.#start());
      // An idle thread does not keep the process alive.
      worker.ref();
      worker.postMessage({ task, request }, moved);
    });
  }

  #start(): Worker {
    // Compiled code, also when this file runs from src.
    const worker = new Worker(bundled(new URL('../../dist/onnxruntime/thread-worker.js', import.meta.url)));
    worker.on('message', (reply: ThreadReply) => {
      const pending = this.#pending.get(reply.task);
      this.#pending.delete(reply.task);
      if ('failure' in reply) pending?.reject(engineError(reply.failure));
      else pending?.resolve(reply);
      if (this.#pending.size === 0) worker.unref();
    });
    worker.on('error', (cause) => {
      this.#fail(
        new EngineError({
          code: 'runtime/thread',
          reason: `the thread that runs networks failed: ${cause.message}`,
          cause,
        }),
      );
    });
    worker.on('exit', (code) => {
      this.#fail(
        new EngineError({
          code: 'runtime/thread',
          reason: `the thread that runs networks ended with code ${code}`,
        }),
      );
    });
    return worker;
  }

  /** Only the first reason counts. */
  #fail(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

/** A failure comes from `openOnnx`, whose codes these are, or from a run. */
function engineError({ code, file, reason, remedy }: ThreadFailure): EngineError {
  return new EngineError({
    code: code as EngineErrorCode,
    reason,
    ...(file && { file }),
    ...(remedy && { remedy }),
  });
}

/** A copy with its own memory, which moves to the thread: sending a part of a larger array would copy all of it. */
function copyOf({ shape, data }: Tensor): { shape: Tensor['shape']; data: Float32Array<ArrayBuffer> } {
  return { shape, data: data.slice() as Float32Array<ArrayBuffer> };
}
