import { GbdtError } from './error.js';
import { strides, type FeatureMatrix } from './matrix.js';

/** One tree in arrays: node i splits `feature[i]`; children below 0 are leaves, numbered ~child. */
interface Tree {
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly decision: Int32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly leaf: Float64Array;
}

/** A LightGBM model read in TypeScript: predicts without the library. */
export interface TreeModel {
  readonly names: readonly string[];
  readonly trees: number;
  /**
   * Probabilities of a binary model, one a row.
   *
   * @param trees how many of them; default all
   */
  predict(matrix: FeatureMatrix, trees?: number): Float32Array;
}

/**
 * Reads LightGBM's text format: binary objective, numerical splits, constant leaves.
 *
 * @throws GbdtError `gbdt/model` for anything else, including categorical splits and linear leaves
 * @see https://github.com/microsoft/LightGBM/blob/v4.1.0/src/boosting/gbdt_model_text.cpp
 */
export function parseTreeModel(text: string, file?: string): TreeModel {
  const fail = (reason: string) =>
    new GbdtError({
      code: 'gbdt/model',
      ...(file === undefined ? {} : { file }),
      reason,
      remedy: 'give a text file that LightGBM saved',
    });
  if (!text.startsWith('tree\n')) throw fail('does not begin as a LightGBM model');
  const end = text.indexOf('\nend of trees');
  if (end < 0) throw fail('ends before its last tree');
  const [head = '', ...blocks] = text.slice(0, end).split(/\n(?=Tree=\d)/);
  const header = fieldsOf(head);
  const objective = header.get('objective') ?? '';
  const sigmoid = /^binary sigmoid:([\d.e+-]+)/.exec(objective)?.[1];
  if (sigmoid === undefined) throw fail(`has the objective ${objective || '(none)'}, expected binary`);
  const names = (header.get('feature_names') ?? '').split(' ');
  if (Number(header.get('max_feature_idx')) !== names.length - 1) {
    throw fail(`names ${names.length} features, its largest index is ${header.get('max_feature_idx')}`);
  }
  const trees = blocks.map((block, index) => parseTree(block, index, names.length, fail));
  return {
    names,
    trees: trees.length,
    predict: (matrix, count = trees.length) => predict(trees.slice(0, count), Number(sigmoid), names, matrix),
  };
}

function fieldsOf(block: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const at = line.indexOf('=');
    if (at > 0) fields.set(line.slice(0, at), line.slice(at + 1));
  }
  return fields;
}

function parseTree(
  block: string,
  index: number,
  features: number,
  fail: (reason: string) => GbdtError,
): Tree {
  const fields = fieldsOf(block);
  const numbers = (key: string, count: number) => {
    const text = fields.get(key) ?? '';
    const values = text === '' ? [] : text.split(' ').map(Number);
    if (values.length !== count || values.some(Number.isNaN)) {
      throw fail(`tree ${index}: ${key} should have ${count} numbers, has ${values.length}`);
    }
    return values;
  };
  if ((fields.get('num_cat') ?? '0') !== '0') throw fail(`tree ${index} splits a categorical feature`);
  if ((fields.get('is_linear') ?? '0') !== '0') throw fail(`tree ${index} has linear leaves`);
  const leaves = Number(fields.get('num_leaves'));
  if (!Number.isSafeInteger(leaves) || leaves < 1 || leaves > block.length)
    throw fail(`tree ${index} has no leaves`);
  const splits = leaves - 1;
  const tree = {
    feature: Int32Array.from(numbers('split_feature', splits)),
    threshold: Float64Array.from(numbers('threshold', splits)),
    decision: Int32Array.from(numbers('decision_type', splits)),
    left: Int32Array.from(numbers('left_child', splits)),
    right: Int32Array.from(numbers('right_child', splits)),
    leaf: Float64Array.from(numbers('leaf_value', leaves)),
  };
  for (let node = 0; node < splits; node++) {
    // Children come after their parent, so that every walk ends.
    for (const child of [tree.left[node]!, tree.right[node]!]) {
      const inside = child < 0 ? ~child < leaves : child > node && child < splits;
      if (!inside) throw fail(`tree ${index}: node ${node} has the child ${child}`);
    }
    if (tree.feature[node]! < 0 || tree.feature[node]! >= features) {
      throw fail(`tree ${index}: node ${node} splits feature ${tree.feature[node]} of ${features}`);
    }
    if (tree.decision[node]! & 1) throw fail(`tree ${index} splits a categorical feature`);
  }
  return tree;
}

/** Bits of `decision_type`: where missing values go, and which values count as missing. */
const DEFAULT_LEFT = 2;
const missingKinds = { none: 0, zero: 1, nan: 2 } as const;
/** LightGBM's kZeroThreshold, a float in its source. */
const NEARLY_ZERO = Math.fround(1e-35);

function goesLeft(value: number, threshold: number, decision: number): boolean {
  const missing = (decision >> 2) & 3;
  const known = Number.isNaN(value) && missing !== missingKinds.nan ? 0 : value;
  const isMissing =
    (missing === missingKinds.zero && Math.abs(known) <= NEARLY_ZERO) ||
    (missing === missingKinds.nan && Number.isNaN(known));
  return isMissing ? (decision & DEFAULT_LEFT) !== 0 : known <= threshold;
}

function predict(
  trees: readonly Tree[],
  sigmoid: number,
  names: readonly string[],
  matrix: FeatureMatrix,
): Float32Array {
  checkColumns(names, matrix);
  const stride = strides(matrix);
  const { data, rows } = matrix;
  const probabilities = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    let score = 0;
    for (const { feature, threshold, decision, left, right, leaf } of trees) {
      let node = feature.length === 0 ? -1 : 0;
      while (node >= 0) {
        const value = data[row * stride.row + feature[node]! * stride.column]!;
        node = goesLeft(value, threshold[node]!, decision[node]!) ? left[node]! : right[node]!;
      }
      score += leaf[~node]!;
    }
    probabilities[row] = 1 / (1 + Math.exp(-sigmoid * score));
  }
  return probabilities;
}

/** @throws GbdtError `gbdt/matrix` when a matrix does not have the columns of training */
export function checkColumns(names: readonly string[], matrix: FeatureMatrix): void {
  const at = names.findIndex((name, index) => matrix.names[index] !== name);
  if (at < 0 && names.length === matrix.names.length) return;
  throw new GbdtError({
    code: 'gbdt/matrix',
    reason:
      at < 0
        ? `the model has ${names.length} columns, the matrix ${matrix.names.length}`
        : `column ${at} is ${matrix.names[at] ?? 'missing'}, the model was trained with ${names[at]}`,
    remedy: 'give the columns of training in their order',
  });
}
