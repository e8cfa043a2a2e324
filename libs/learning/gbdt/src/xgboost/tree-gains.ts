/** Bytes of the fixed parts of a saved model; the counts in them are at the offsets below. */
const LEARNER = 136;
const FOREST = 160;
const TREE = 148;
const NODE = 20;
const STATISTICS = 16;
/** Of a tree: after its number of roots. */
const NODE_COUNT = 4;
const LEAF_VECTOR = 20;
/** Of a node: after its parent and its left child come the right child and the index of the column. */
const RIGHT_CHILD = 8;
const COLUMN = 12;
/** The highest bit of the column tells where missing values go. */
const COLUMN_BITS = 0x7fffffff;

/**
 * Summed gain of the splits on each column, from the bytes in which XGBoost 0.7 saves a model: parameters of the
 * learner, the names of the objective and of the booster, parameters of the forest, then each tree as parameters, nodes
 * and statistics of the nodes, the first of which is the gain.
 *
 * @returns undefined when the bytes are laid out in another way
 * @see https://github.com/dmlc/xgboost/blob/v0.72/include/xgboost/tree_model.h
 */
export function treeGains(bytes: Uint8Array, columns: number): Float64Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const gains = new Float64Array(columns);
  try {
    let at = LEARNER;
    for (const name of ['binary:logistic', 'gbtree']) {
      if (view.getUint32(at, true) !== name.length) return undefined;
      at += 8;
      if (new TextDecoder().decode(bytes.subarray(at, at + name.length)) !== name) return undefined;
      at += name.length;
    }
    const trees = view.getInt32(at, true);
    at += FOREST;
    for (let tree = 0; tree < trees; tree++) {
      const nodes = view.getInt32(at + NODE_COUNT, true);
      if (nodes < 1 || view.getInt32(at + LEAF_VECTOR, true) !== 0) return undefined;
      at += TREE;
      for (let node = 0; node < nodes; node++) {
        const start = at + node * NODE;
        const isLeaf = view.getInt32(start + RIGHT_CHILD, true) === -1;
        if (isLeaf) continue;
        const column = view.getUint32(start + COLUMN, true) & COLUMN_BITS;
        if (column >= columns) return undefined;
        gains[column]! += view.getFloat32(at + nodes * NODE + node * STATISTICS, true);
      }
      at += nodes * (NODE + STATISTICS);
    }
  } catch (error) {
    // Read beyond the end.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  return gains;
}
