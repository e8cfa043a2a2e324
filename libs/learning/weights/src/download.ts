import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { acquireLock, messageOf, readTextFile } from '@ichor/files';
import { WeightsError } from './error.js';

export interface DownloadOptions {
  readonly url: string;
  /** Path of the complete, checked file. Until then the data are in `<path>.part`. */
  readonly path: string;
  /** First hex digits of the SHA-256 of the file; any number of them. */
  readonly sha256Prefix: string;
  /** Bytes so far and, if the server reports it, the total. */
  readonly onProgress?: (received: number, total: number | undefined) => void;
  readonly signal?: AbortSignal;
  /** Number of connections to try; each resumes where the last one was interrupted. Default 5. */
  readonly attempts?: number;
}

/**
 * Fetches a file once: an HTTP range request continues the part that an interrupted call left, the hash is
 * compared before the file gets its name, and of several processes only one downloads.
 *
 * @throws WeightsError `weights/download`, `weights/hash`
 */
export async function download(options: DownloadOptions): Promise<void> {
  const { path } = options;
  const lock = await acquireLock(dirname(path), { purpose: basename(path), wait: true });
  try {
    if (await exists(path)) return;
    await fetchPart(options, `${path}.part`);
    await checkHash(options, `${path}.part`);
    await rename(`${path}.part`, path);
    await rm(tagPath(`${path}.part`), { force: true });
  } finally {
    await lock.release();
  }
}

async function fetchPart(options: DownloadOptions, part: string): Promise<void> {
  const { attempts = 5, signal } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      if (await continuePart(options, part)) return;
    } catch (cause) {
      if (cause instanceof WeightsError || signal?.aborted === true || attempt >= attempts) {
        throw cause instanceof WeightsError ? cause : failed(options, cause);
      }
    }
    if (attempt >= attempts) throw failed(options, new Error('the connection was interrupted repeatedly'));
    await new Promise((resolve) => setTimeout(resolve, 200 * attempt));
  }
}

/** One connection. @returns whether the file is complete */
async function continuePart(options: DownloadOptions, part: string): Promise<boolean> {
  const { url, signal, onProgress } = options;
  const have = await sizeOf(part);
  const tag = await readTextFile(tagPath(part));
  // Without a tag it is unknown whether the file on the server is still the same.
  const from = tag === undefined ? 0 : have;
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (from > 0 && tag !== undefined) {
    headers['range'] = `bytes=${from}-`;
    headers['if-range'] = tag;
  }
  const response = await fetch(url, { headers, ...(signal === undefined ? {} : { signal }) });
  const continues =
    response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${from}-`);
  if (response.status === 416 || (response.status === 206 && !continues)) {
    await rm(part, { force: true });
    return false;
  }
  if (!response.ok || response.body === null) {
    const error = failed(options, new Error(`the server answered ${response.status} ${response.statusText}`));
    // A server error may be temporary; a refusal is not.
    throw response.status >= 500 ? error.cause : error;
  }
  const start = continues ? from : 0;
  const length = response.headers.get('content-length');
  const total = length === null ? undefined : start + Number(length);
  const newTag = response.headers.get('etag') ?? response.headers.get('last-modified');
  const handle = await open(part, start > 0 ? 'r+' : 'w');
  let at = start;
  try {
    // A weak tag must not be used with ranges (RFC 9110, section 13.1.5).
    if (newTag === null || newTag.startsWith('W/')) await rm(tagPath(part), { force: true });
    else await writeTag(part, newTag);
    for await (const chunk of response.body) {
      await handle.write(chunk, 0, chunk.byteLength, at);
      at += chunk.byteLength;
      onProgress?.(at, total);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return total === undefined || at === total;
}

async function checkHash({ url, path, sha256Prefix }: DownloadOptions, part: string): Promise<void> {
  const hash = await sha256(part);
  if (hash.startsWith(sha256Prefix.toLowerCase())) return;
  await rm(part, { force: true });
  await rm(tagPath(part), { force: true });
  throw new WeightsError({
    code: 'weights/hash',
    file: path,
    reason: `the file from ${url} has the SHA-256 ${hash}, expected ${sha256Prefix}...`,
    remedy: 'try again; if the error persists, download the file in another way and give its path',
  });
}

/** SHA-256 of a file in hex. */
async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

const tagPath = (part: string) => `${part}.etag`;

async function writeTag(part: string, tag: string): Promise<void> {
  const handle = await open(tagPath(part), 'w');
  try {
    await handle.writeFile(tag);
  } finally {
    await handle.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function failed({ url, path }: DownloadOptions, cause: unknown): WeightsError {
  return new WeightsError({
    code: 'weights/download',
    file: path,
    reason: `cannot be fetched from ${url}: ${messageOf(cause)}`,
    remedy: 'run the command again to continue, or download the file in another way and give its path',
    cause,
  });
}
