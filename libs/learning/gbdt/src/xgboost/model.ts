import { writeFileAtomic } from '@ichor/files';
import type { GbdtModel } from '../engine.js';
import { GbdtError } from '../error.js';
import type { FeatureMatrix } from '../matrix.js';
import { checkColumns } from '../tree-model.js';
import { filledRows } from './dataset.js';
import type { SavedXgboostModel, Xgboost } from './module.js';
import { treeGains } from './tree-gains.js';

const FORMAT = 'ichor-ml-xgboost-1';

/** A model in the memory of the WebAssembly, which is freed only by `dispose`. */
export class XgboostModel implements GbdtModel {
  readonly engine = 'ml-xgboost';
  readonly names: readonly string[];
  readonly rounds: number;
  /** Losses of the tried round counts, not of every round. */
  readonly validLosses: readonly number[];
  readonly #means: Float64Array;
  #model: Xgboost | undefined;

  constructor(
    model: Xgboost,
    names: readonly string[],
    means: Float64Array,
    rounds: number,
    validLosses: readonly number[],
  ) {
    this.names = names;
    this.rounds = rounds;
    this.validLosses = validLosses;
    this.#means = means;
    this.#model = model;
  }

  predict(matrix: FeatureMatrix): Float32Array {
    checkColumns(this.names, matrix);
    return Float32Array.from(this.#open().predict(filledRows(matrix, this.#means)));
  }

  importance(): Float64Array | undefined {
    return treeGains(Uint8Array.from(this.#open().toJSON().model), this.names.length);
  }

  async save(path: string): Promise<void> {
    const { names, rounds } = this;
    const content = { format: FORMAT, names, rounds, means: [...this.#means], model: this.#open().toJSON() };
    await writeFileAtomic(path, JSON.stringify(content));
  }

  dispose(): void {
    this.#model?.free();
    this.#model = undefined;
  }

  #open(): Xgboost {
    if (this.#model !== undefined) return this.#model;
    throw new GbdtError({ code: 'gbdt/disposed', reason: 'the model was disposed' });
  }
}

export interface SavedXgboost {
  readonly names: readonly string[];
  readonly means: Float64Array;
  readonly rounds: number;
  readonly model: SavedXgboostModel;
}

/** @throws GbdtError `gbdt/model` */
export function parseSavedModel(text: string, file: string): SavedXgboost {
  const value = parseJson(text);
  const names = value['names'];
  const means = value['means'];
  const rounds = value['rounds'];
  const model = value['model'];
  const isWhole =
    value['format'] === FORMAT &&
    isArrayOf(names, 'string') &&
    isArrayOf(means, 'number') &&
    names.length === means.length &&
    typeof rounds === 'number' &&
    isSavedModel(model);
  if (isWhole) return { names, means: Float64Array.from(means), rounds, model };
  throw new GbdtError({
    code: 'gbdt/model',
    file,
    reason: `is not a model saved by ml-xgboost (format ${FORMAT})`,
    remedy: 'load a LightGBM text file with the engine lightgbm',
  });
}

function parseJson(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isArrayOf(value: unknown, type: 'string'): value is string[];
function isArrayOf(value: unknown, type: 'number'): value is number[];
function isArrayOf(value: unknown, type: 'string' | 'number'): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === type);
}

function isSavedModel(value: unknown): value is SavedXgboostModel {
  return (
    isRecord(value) &&
    value['name'] === 'ml-xgboost' &&
    isArrayOf(value['model'], 'number') &&
    isRecord(value['options'])
  );
}
