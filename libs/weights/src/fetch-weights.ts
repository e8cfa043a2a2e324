import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { readCheckpoint, type Checkpoint } from './checkpoint.js';
import { download, type DownloadOptions } from './download.js';
import { describePublished, type PublishedWeights } from './published.js';

export interface FetchOptions extends Pick<DownloadOptions, 'onProgress' | 'signal' | 'attempts'> {
  /** Default: {@link cacheFolder}. */
  readonly cache?: string;
  /** Another place that serves the same files, e.g. `http://mirror/weights`; the hash is checked all the same. */
  readonly mirror?: string;
}

/** `$ICHOR_CACHE`, else `~/.cache/ichor`. */
export function cacheFolder(): string {
  return process.env['ICHOR_CACHE'] ?? join(homedir(), '.cache', 'ichor');
}

/**
 * The path of published weights in the cache, fetched first when they are not there.
 *
 * @param id one of `publishedIds`
 * @throws WeightsError `weights/unknown-name`, `weights/download`, `weights/hash`
 */
export async function fetchPublished(id: string, options: FetchOptions = {}): Promise<string> {
  return fetchDescribed(describePublished(id), options);
}

/** {@link fetchPublished} for weights outside the table. */
export async function fetchDescribed(
  { url, sha256Prefix }: Pick<PublishedWeights, 'url' | 'sha256Prefix'>,
  options: FetchOptions = {},
): Promise<string> {
  const { cache = cacheFolder(), mirror, ...rest } = options;
  const name = basename(new URL(url).pathname);
  const path = join(cache, 'weights', name);
  const isThere = await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
  if (!isThere) {
    const from = mirror === undefined ? url : `${mirror.replace(/\/$/, '')}/${name}`;
    await download({ url: from, path, sha256Prefix, ...rest });
  }
  return path;
}

/** Weights ready to be matched, and the renaming that they need. */
export interface LoadedWeights {
  readonly path: string;
  readonly checkpoint: Checkpoint;
  readonly rename?: (name: string) => string | undefined;
}

/**
 * Published weights by name, from the cache or the network; or the same file by its path.
 *
 * @param file a local copy; its hash is not asked for, since it may be any other training of this network
 */
export async function publishedWeights(
  id: string,
  options: FetchOptions & { readonly file?: string } = {},
): Promise<LoadedWeights> {
  const { file, ...rest } = options;
  const { rename } = describePublished(id);
  const path = file ?? (await fetchPublished(id, rest));
  return { path, checkpoint: await readCheckpoint(path), ...(rename === undefined ? {} : { rename }) };
}
