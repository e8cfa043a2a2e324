import { writeFileAtomic } from '@ichor/files';
import type { GbdtModel } from '../engine.js';
import { GbdtError } from '../error.js';
import type { FeatureMatrix } from '../matrix.js';
import { checkColumns } from '../tree-model.js';
import type { Handle, LightGbmLibrary } from './bindings.js';

/** The properties of a booster without its trees. */
export interface TrainedTrees {
  readonly names: readonly string[];
  readonly rounds: number;
  /** Of each round that was trained; empty for a booster from a file. */
  readonly validLosses: readonly number[];
  /** Threads that predict; undefined: the library's choice. */
  readonly threads: number | undefined;
}

/** A booster in LightGBM's memory. */
export class LightGbmModel implements GbdtModel {
  readonly engine = 'lightgbm';
  readonly names: readonly string[];
  readonly rounds: number;
  readonly validLosses: readonly number[];
  readonly #library: LightGbmLibrary;
  readonly #threads: number | undefined;
  #handle: Handle | undefined;

  constructor(
    library: LightGbmLibrary,
    handle: Handle,
    { names, rounds, validLosses, threads }: TrainedTrees,
  ) {
    this.names = names;
    this.rounds = rounds;
    this.validLosses = validLosses;
    this.#library = library;
    this.#handle = handle;
    this.#threads = threads;
  }

  predict(matrix: FeatureMatrix): Float32Array {
    checkColumns(this.names, matrix);
    const parameters = this.#threads === undefined ? '' : `num_threads=${this.#threads}`;
    return Float32Array.from(this.#library.boosterPredict(this.#open(), matrix, this.rounds, parameters));
  }

  importance(): Float64Array {
    return this.#library.boosterGains(this.#open(), this.names.length, this.rounds);
  }

  async save(path: string): Promise<void> {
    await writeFileAtomic(path, this.#library.boosterText(this.#open(), this.rounds));
  }

  dispose(): void {
    if (this.#handle === undefined) return;
    this.#library.boosterFree(this.#handle);
    this.#handle = undefined;
  }

  #open(): Handle {
    if (this.#handle !== undefined) return this.#handle;
    throw new GbdtError({ code: 'gbdt/disposed', reason: 'the model was disposed' });
  }
}
