import { parentPort } from 'node:worker_threads';
import { IchorError, messageOf, present } from '@ichor/files';
import { openOnnx, type OnnxSession } from './open-onnx.js';
import { openPrepared, prepareNetwork } from './prepared/open-prepared.js';
import type { ThreadFailure, ThreadReply, ThreadRequest } from './thread-protocol.js';

const port = present(parentPort ?? undefined, 'the thread that asks');
const sessions = new Map<number, OnnxSession>();
let opened = 0;

/** The answer, and the memory that moves with it. */
async function answer(task: number, request: ThreadRequest): Promise<[ThreadReply, ArrayBuffer[]]> {
  switch (request.kind) {
    case 'open': {
      const { path, options, preparation, later } = request;
      const session = await (preparation
        ? openPrepared(path, preparation, options, later)
        : openOnnx(path, options));
      const number = opened++;
      sessions.set(number, session);
      const { inputs, outputs, provider } = session;
      return [{ task, opened: { session: number, inputs, outputs, provider } }, []];
    }
    case 'prepare': {
      await prepareNetwork(request.path, request.preparation, request.options);
      return [{ task, prepared: true }, []];
    }
    case 'run': {
      const results = await present(sessions.get(request.session)).run(request.inputs, request.outputs);
      const buffers = Object.values(results).flatMap(({ data: { buffer } }) =>
        buffer instanceof ArrayBuffer ? [buffer] : [],
      );
      return [{ task, results }, [...new Set(buffers)]];
    }
    case 'dispose': {
      await sessions.get(request.session)?.dispose();
      sessions.delete(request.session);
      return [{ task, disposed: true }, []];
    }
  }
}

function failureOf(cause: unknown): ThreadFailure {
  if (cause instanceof IchorError) {
    const { code, file, reason, remedy } = cause;
    return { code, file, reason, remedy };
  }
  const reason = messageOf(cause);
  return { code: 'runtime/run', file: undefined, reason, remedy: undefined };
}

// One after another: onnxruntime shares the threads of a session, and answers must keep the order of the requests.
let last = Promise.resolve();
port.on('message', ({ task, request }: { task: number; request: ThreadRequest }) => {
  last = last
    .then(() => answer(task, request))
    .catch((cause: unknown): [ThreadReply, ArrayBuffer[]] => [{ task, failure: failureOf(cause) }, []])
    .then(([reply, buffers]) => {
      port.postMessage(reply, buffers);
    });
});
