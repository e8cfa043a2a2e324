import {
  applyRule,
  countUses,
  inferShapes,
  liveNodes,
  type Network,
  type Tensor,
  type ValueId,
} from '@ichor/nn';
import { EngineError } from '../error.js';
import { toActivation } from './layout.js';
import type { Context } from './context.js';
import { tfjsRules } from './rules.js';
import type { Activation } from './tensorflow.js';

/**
 * Runs the part of a network that leads to `outputs` and gives their values in the same order.
 *
 * @throws IchorError `nn/shape` for inputs that do not fit, `runtime/input` for data that does not fill its shape
 */
export function forward(
  network: Network,
  inputs: Readonly<Record<string, Tensor>>,
  outputs: readonly ValueId[],
  context: Context,
): Activation[] {
  const { tf, training } = context;
  checkInputs(network, inputs);
  const nodes = liveNodes(network, outputs);
  const readers = new Map(countUses(nodes, outputs));
  const values = new Map<ValueId, Activation>();
  for (const { name, value } of network.inputs) {
    const tensor = inputs[name];
    if (tensor !== undefined) values.set(value, toActivation(tf, tensor));
  }
  for (const node of nodes) {
    const operands = node.inputs.map((value) => valueOf(values, value));
    values.set(
      node.output,
      tf.tidy(() => applyRule(tfjsRules, node, operands, context)),
    );
    if (training !== undefined) continue;
    // Evaluation keeps no tape, so a value can be disposed after its last reader.
    for (const value of node.inputs) {
      const left = (readers.get(value) ?? 0) - 1;
      readers.set(value, left);
      if (left === 0) release(values, value);
    }
  }
  return outputs.map((value) => valueOf(values, value));
}

/** Disposes a value, unless another one is the same tensor (dropout does nothing in evaluation). */
function release(values: Map<ValueId, Activation>, value: ValueId): void {
  const tensor = values.get(value);
  values.delete(value);
  if (tensor !== undefined && ![...values.values()].includes(tensor)) tensor.dispose();
}

/** @throws IchorError `nn/shape`, EngineError `runtime/input` */
export function checkInputs(network: Network, inputs: Readonly<Record<string, Tensor>>): void {
  const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
  inferShapes(network, shapes);
  for (const [name, { shape, data }] of Object.entries(inputs)) {
    const count = shape.reduce((product, size) => product * size, 1);
    if (count !== data.length) {
      throw new EngineError({
        code: 'runtime/input',
        reason: `${network.name}: input "${name}" of shape [${shape.join(', ')}] needs ${count} numbers, has ${data.length}`,
      });
    }
  }
}

function valueOf(values: ReadonlyMap<ValueId, Activation>, value: ValueId): Activation {
  const tensor = values.get(value);
  if (tensor !== undefined) return tensor;
  throw new EngineError({
    code: 'runtime/input',
    reason: `value ${value} is not computed: an input is missing`,
  });
}
