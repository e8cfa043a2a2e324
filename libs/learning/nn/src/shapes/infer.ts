import { IchorError } from '@ichor/files/error';
import type { Network, ValueId } from '../network.js';
import { applyRule } from '../rules.js';
import type { Shape } from '../tensor.js';
import { shapeRules } from './rules.js';

/**
 * Shapes of all values of a network for inputs of the given shapes (batch included).
 *
 * @throws IchorError `nn/shape` naming the node or input that does not fit
 */
export function inferShapes(
  network: Network,
  inputs: Readonly<Record<string, Shape>>,
): ReadonlyMap<ValueId, Shape> {
  const parameters = new Map(network.parameters.map(({ name, shape }) => [name, shape]));
  const parameterShape = (name: string): Shape => {
    const shape = parameters.get(name);
    if (shape === undefined) {
      throw new IchorError({ code: 'nn/parameter', reason: `${network.name} has no parameter "${name}"` });
    }
    return shape;
  };
  const shapes = new Map<ValueId, Shape>();
  for (const input of network.inputs)
    shapes.set(input.value, checkedInput(network, input, inputs[input.name]));
  for (const node of network.nodes) {
    const operands = node.inputs.map((value) => shapeOf(shapes, value));
    shapes.set(node.output, applyRule(shapeRules, node, operands, parameterShape));
  }
  return shapes;
}

/** @throws IchorError `nn/value` for a value that no node before has made */
export function shapeOf(shapes: ReadonlyMap<ValueId, Shape>, value: ValueId): Shape {
  const shape = shapes.get(value);
  if (shape === undefined)
    throw new IchorError({ code: 'nn/value', reason: `value ${value} is not computed` });
  return shape;
}

function checkedInput(network: Network, input: Network['inputs'][number], shape: Shape | undefined): Shape {
  const fits =
    shape !== undefined &&
    shape.length === input.shape.length + 1 &&
    shape.every((size) => Number.isInteger(size) && size > 0) &&
    input.shape.every((size, axis) => size === null || size === shape[axis + 1]);
  if (fits) return shape;
  const expected = ['N', ...input.shape.map((size) => size ?? 'any')].join(', ');
  throw new IchorError({
    code: 'nn/shape',
    reason: `${network.name}: input "${input.name}" expects [${expected}], received ${
      shape === undefined ? 'nothing' : `[${shape.join(', ')}]`
    }`,
  });
}
