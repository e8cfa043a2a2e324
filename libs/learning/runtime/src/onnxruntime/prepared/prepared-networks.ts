import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineOptions } from '../../engine.js';
import { chooseProvider } from '../provider.js';
import { readEntry, readGraph } from './entry.js';
import { identityOf, isSame, type FileIdentity } from './file-identity.js';
import { machineName } from './machine.js';

/** How a thread opens a network that may be prepared; plain data. */
export interface Preparation {
  /** Where the prepared network is, or will be. */
  readonly folder: string;
  /** SHA-256 of the `.onnx` file. */
  readonly sha256: string;
  /** The file, whose hash was compared in this run; null when it was not, because a prepared network was there. */
  readonly checked: { readonly identity: FileIdentity | undefined } | null;
}

/**
 * Networks as onnxruntime has optimized them for this processor, in a folder of the user. To open an `.onnx` file, onnxruntime reads it,
 * optimizes the graph and copies the weights several times; a prepared network is mapped into memory as it is, and gives the same
 * numbers. Only the CPU has them.
 */
export class PreparedNetworks {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * @param cache folder for files that can be made again
   * @returns undefined when the networks do not run on the CPU, or the folder cannot be used or could be changed by others
   */
  static async open(cache: string, options: EngineOptions = {}): Promise<PreparedNetworks | undefined> {
    if ((await chooseProvider(options)) !== 'cpu') return undefined;
    const user = process.getuid?.();
    const own = join(cache, user === undefined ? 'networks' : `networks-of-${user}`);
    try {
      await mkdir(own, { recursive: true, mode: 0o700 });
      const { uid, mode } = await stat(own);
      if (user !== undefined && (uid !== user || (mode & 0o022) !== 0)) return undefined;
    } catch {
      return undefined;
    }
    return new PreparedNetworks(join(own, await machineName()));
  }

  /**
   * The graph of the prepared network of a file, for its metadata, inputs and outputs.
   *
   * @param path of an `.onnx` file
   * @param sha256 that it must have
   * @returns undefined unless this very file had this hash when it was last read, and has not changed since
   */
  async graphOf(path: string, sha256: string): Promise<Uint8Array | undefined> {
    const folder = this.#entry(sha256);
    const entry = await readEntry(folder);
    const identity = entry && (await identityOf(path));
    if (!identity || !entry.sources.some((source) => isSame(source, identity))) return undefined;
    return readGraph(folder, entry);
  }

  /** @param checked see {@link Preparation} */
  preparation(sha256: string, checked: Preparation['checked']): Preparation {
    return { folder: this.#entry(sha256), sha256, checked };
  }

  #entry(sha256: string): string {
    return join(this.#folder, sha256);
  }
}
