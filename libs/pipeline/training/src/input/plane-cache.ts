import type { DecodedPlane, InputRecipe, PlaneCache } from '@ichor/base-model';
import { messageOf, writeFileAtomic } from '@ichor/files';
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { deserialize, serialize } from 'node:v8';

/** Where a thread keeps decoded slices. */
export type ThreadCache =
  /** Bytes of pixels that it keeps at most. */
  { readonly kind: 'memory'; readonly bytes: number } | { readonly kind: 'disk'; readonly folder: string };

/**
 * The cache of one thread, for the planes of one recipe.
 *
 * @param warn called once at most, when nothing more is written
 */
export function openCache(
  cache: ThreadCache,
  { pixelFix }: InputRecipe,
  warn?: (text: string) => void,
): PlaneCache {
  return cache.kind === 'memory' ? new MemoryCache(cache.bytes) : new DiskCache(cache.folder, pixelFix, warn);
}

/** What a file was when it was decoded: size and time; undefined when there is none. A changed file is read again. */
function stateOf(file: string): string | undefined {
  const state = statSync(file, { bigint: true, throwIfNoEntry: false });
  return state && `${state.size} ${state.mtimeNs}`;
}

/**
 * Keeps what is read first. Nothing makes room for later slices: an epoch passes over all of them in a new order, so
 * that none is likelier to be needed than another.
 */
class MemoryCache implements PlaneCache {
  readonly #planes = new Map<string, { readonly state: string; readonly plane: DecodedPlane }>();
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  async plane(file: string, decode: () => Promise<DecodedPlane>): Promise<DecodedPlane> {
    const state = stateOf(file);
    const kept = this.#planes.get(file);
    if (kept !== undefined) {
      if (kept.state === state) return kept.plane;
      this.#planes.delete(file);
      this.#left += kept.plane.pixels.byteLength;
    }
    const plane = await decode();
    const { byteLength } = plane.pixels;
    if (state !== undefined && byteLength <= this.#left) {
      this.#left -= byteLength;
      this.#planes.set(file, { state, plane: { ...plane, pixels: plane.pixels.slice() } });
    }
    return plane;
  }
}

/** Changes when the files do, or what a decoded plane is. */
const VERSION = 1;
/** Of the disk; the cache leaves so much of it free. */
const FREE_SHARE = 0.1;
/** On a large disk no more than this stays free, bytes. */
const FREE_BYTES = 2 * 2 ** 30;
/** SHA-256 of what follows it in a file. */
const DIGEST_BYTES = 32;

/** One file for each slice, which all threads, runs and models share. */
class DiskCache implements PlaneCache {
  readonly #folder: string;
  readonly #pixelFix: boolean;
  /** False after a failure: a disk that refuses one file is not asked for every other. */
  #writes = true;

  readonly #warn: ((text: string) => void) | undefined;

  constructor(folder: string, pixelFix: boolean, warn: ((text: string) => void) | undefined) {
    this.#folder = folder;
    this.#pixelFix = pixelFix;
    this.#warn = warn;
  }

  async plane(file: string, decode: () => Promise<DecodedPlane>): Promise<DecodedPlane> {
    const state = stateOf(file);
    if (state === undefined) return await decode();
    const name = `${resolve(file)} ${this.#pixelFix ? 'fixed' : 'as stored'}`;
    const hash = createHash('sha256').update(name).digest('hex');
    // Folders of many files are slow: 256 of them.
    const path = join(this.#folder, hash.slice(0, 2), hash.slice(2));
    const key = `${VERSION} ${state} ${name}`;
    const kept = await readPlane(path, key);
    if (kept !== undefined) return kept;
    const plane = await decode();
    if (this.#writes) await this.#write(path, key, plane);
    return plane;
  }

  /** The cache only saves time: where it cannot be written, slices are decoded as without it. */
  async #write(path: string, key: string, plane: DecodedPlane): Promise<void> {
    try {
      const { bavail, blocks, bsize } = await statfs(this.#folder);
      const content = serialize({ key, plane });
      const left = bavail * bsize - content.length;
      if (left > Math.min(FREE_SHARE * blocks * bsize, FREE_BYTES)) {
        await writeFileAtomic(path, Buffer.concat([digestOf(content), content]));
      } else this.#stop('the disk is nearly full');
    } catch (error) {
      this.#stop(messageOf(error));
    }
  }

  #stop(reason: string): void {
    // Two slices may be written at once.
    if (!this.#writes) return;
    this.#writes = false;
    this.#warn?.(`${this.#folder} keeps no more slices, others are decoded every time: ${reason}`);
  }
}

/** @returns undefined when there is no such file, or it is damaged or of another state of the slice */
async function readPlane(path: string, key: string): Promise<DecodedPlane | undefined> {
  try {
    const file = await readFile(path);
    const content = file.subarray(DIGEST_BYTES);
    if (!digestOf(content).equals(file.subarray(0, DIGEST_BYTES))) return undefined;
    // The digest says that it is what `#write` wrote.
    const kept = deserialize(content) as { readonly key: string; readonly plane: DecodedPlane };
    return kept.key === key ? kept.plane : undefined;
  } catch {
    return undefined;
  }
}

function digestOf(content: Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}
