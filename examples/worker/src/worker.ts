// Runs in a thread of its own: reading, decoding and the network do not hold up the main thread.
import { parentPort } from 'node:worker_threads';
import type { Answer, Request } from './messages.js';
import { predictFolder } from './predict-folder.js';

const send = (answer: Answer) => parentPort?.postMessage(answer);

parentPort?.on('message', ({ folder }: Request) => {
  const work = async () => {
    for await (const answer of predictFolder(folder)) send(answer);
  };
  work().catch((cause: unknown) => send({ error: cause instanceof Error ? cause.message : String(cause) }));
});
