import { parentPort } from 'node:worker_threads';
import { failureOf, type Failure } from '@ichor/files';
import { HashingReader } from '../hash.js';
import { checkContent, type CheckedFile, type WantedFile } from './check-file.js';

export type CheckReply = CheckedFile | { readonly failure: Failure };

const reader = new HashingReader();

parentPort?.on('message', (wanted: WantedFile) => {
  checkContent(reader, wanted).then(
    (checked: CheckReply) => parentPort?.postMessage(checked),
    (cause: unknown) => parentPort?.postMessage({ failure: failureOf(cause) } satisfies CheckReply),
  );
});
