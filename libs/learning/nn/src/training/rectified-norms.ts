import type { NetworkNode, ValueId } from '../network.js';
import type { Shape } from '../tensor.js';
import type { Lowered, TrainingContext } from './context.js';
import type { Value } from './emitter.js';

/**
 * Batch norms of images that only a ReLU reads: the native operator computes both in one pass.
 *
 * @param uses how often each value is read
 */
export function rectifiedNorms(
  nodes: readonly NetworkNode[],
  uses: ReadonlyMap<ValueId, number>,
  shapes: ReadonlyMap<ValueId, Shape>,
): ReadonlySet<ValueId> {
  const norms = new Set<ValueId>();
  for (const { op, output } of nodes)
    if (op === 'batchNorm' && uses.get(output) === 1 && shapes.get(output)?.length === 4) norms.add(output);
  const read = new Set(nodes.filter(({ op }) => op === 'relu').flatMap(({ inputs }) => inputs));
  return new Set([...norms].filter((norm) => read.has(norm)));
}

/** Whether a node is a ReLU that the norm before it has computed. */
export function isPartOfNorm({ op, inputs: [x] }: NetworkNode, { rectified }: TrainingContext): boolean {
  return op === 'relu' && x !== undefined && rectified(x);
}

/** What is computed already: value and gradient are passed on. */
export function passedOn(output: Value): Lowered {
  return { output, backward: (gradient) => [gradient] };
}
