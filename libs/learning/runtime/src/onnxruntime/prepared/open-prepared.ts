import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryPathFor } from '@ichor/files';
import { EngineError } from '../../error.js';
import type { EngineOptions } from '../../engine.js';
import { openOnnx, type OnnxSession } from '../open-onnx.js';
import {
  FORMAT,
  graphName,
  isIntact,
  markUsed,
  readEntry,
  sumOfFiles,
  writeEntry,
  type PreparedEntry,
} from './entry.js';
import { identityOf, isSame } from './file-identity.js';
import { makeSpace } from './make-space.js';
import type { Preparation } from './prepared-networks.js';

/** So many copies of a bundle are remembered for one network. */
const mostSources = 8;

/**
 * Opens a network as it was prepared, after a check of all its bytes; prepares it first where it is not prepared, or damaged. What
 * cannot be prepared (no space, no rights) is opened as it is.
 *
 * @param later what is not prepared is opened as it is, which is faster, and left to {@link prepareNetwork}
 * @throws EngineError as `openOnnx`; `runtime/onnx` for a file that has another hash, if it was not checked before or was changed since
 */
export async function openPrepared(
  path: string,
  preparation: Preparation,
  options: EngineOptions,
  later = false,
): Promise<OnnxSession> {
  const { folder, checked } = preparation;
  const entry = await readEntry(folder);
  if (entry !== undefined && (await isIntact(folder, entry))) {
    const session = await openOnnx(join(folder, graphName), options, 'prepared').catch(() => undefined);
    if (session !== undefined) {
      // A cache that cannot be written can still be read.
      await addSource(folder, entry, checked).catch(() => undefined);
      return session;
    }
  }
  if (checked === null) await mustHaveHash(path, preparation.sha256);
  // Missing or damaged; it is removed now, and not when the new one is there: by then another process may have made the same.
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  return (later ? undefined : await prepare(path, preparation, options)) ?? openOnnx(path, options);
}

/**
 * Prepares a network for a later run, unless it is prepared. Nothing is left of one that cannot be prepared.
 *
 * @throws EngineError `runtime/onnx` for a file that has another hash, if it was not checked before or was changed since
 */
export async function prepareNetwork(
  path: string,
  preparation: Preparation,
  options: EngineOptions,
): Promise<void> {
  if ((await readEntry(preparation.folder)) !== undefined) return;
  if (preparation.checked === null) await mustHaveHash(path, preparation.sha256);
  const session = await prepare(path, preparation, options);
  await session?.dispose();
}

/**
 * @returns undefined when it cannot be opened and saved; a session that is open, and saved unless another process was faster
 * @throws EngineError `runtime/onnx` for a file that was changed since it was checked
 */
async function prepare(
  path: string,
  { folder, checked, sha256 }: Preparation,
  options: EngineOptions,
): Promise<OnnxSession | undefined> {
  const unfinished = temporaryPathFor(folder);
  const discard = () => rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
  let session: OnnxSession;
  try {
    await mkdir(dirname(folder), { recursive: true });
    await makeSpace(dirname(folder), (await stat(path)).size);
    await mkdir(unfinished);
    session = await openOnnx(path, options, { saveIn: unfinished });
  } catch {
    await discard();
    return undefined;
  }
  try {
    const identity = checked?.identity;
    // It may have been checked long before: what was saved must not be another file under this hash.
    const now = await identityOf(path);
    if (identity === undefined || now === undefined || !isSame(now, identity))
      await mustHaveHash(path, sha256);
    await writeEntry(unfinished, {
      format: FORMAT,
      ...(await sumOfFiles(unfinished)),
      sources: identity === undefined ? [] : [identity],
    });
    // Fails where another process was faster.
    await rename(unfinished, folder);
  } catch (cause) {
    await discard();
    if (!(cause instanceof EngineError)) return session;
    // What is open is another file.
    await session.dispose();
    throw cause;
  }
  return session;
}

/** The next run need not hash a file that was compared with the prepared network in this run. */
async function addSource(
  folder: string,
  entry: PreparedEntry,
  checked: Preparation['checked'],
): Promise<void> {
  const identity = checked?.identity;
  if (identity === undefined) return markUsed(folder);
  const others = entry.sources.filter((source) => !isSame(source, identity));
  return writeEntry(folder, { ...entry, sources: [identity, ...others].slice(0, mostSources) });
}

async function mustHaveHash(path: string, sha256: string): Promise<void> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 2 ** 22 })) hash.update(piece as Buffer);
  if (hash.digest('hex') === sha256) return;
  throw new EngineError({
    code: 'runtime/onnx',
    file: path,
    reason: 'is not the file that was prepared for this machine: its hash differs',
    remedy: 'copy the bundle again; do not use it in this state',
  });
}
