import { int } from '../onnx/model.js';
import type { NodeOf } from '../rules.js';
import type { Lowered, TrainingContext } from './context.js';
import type { Emitter, Value } from './emitter.js';
import { operand } from './operand.js';
import { gruCell, lstmCell } from './recurrent-cells.js';

/** Elements of ONNX's type for 64-bit integers. */
const INT64 = 7;

/**
 * A recurrent layer over padded sequences. Both directions run as one batch of matrices: the second reads each sequence
 * reversed within its length, so that the padding comes last for both and the cells need no mask.
 *
 * One Scan goes forwards and keeps what the gradient needs; one goes backwards and makes the gradients of the gates.
 * What does not depend on the state before (the products with the input, all weights' gradients) is one product over all
 * steps outside of the loops.
 */
export function recurrent(
  node: NodeOf<'gru'> | NodeOf<'lstm'>,
  inputs: readonly Value[],
  context: TrainingContext,
): Lowered {
  const { emit } = context;
  const x = operand(inputs, 0);
  const mask = operand(inputs, 1);
  const [batch = 1, steps = 1, features = 1] = x.shape;
  const { hidden, bidirectional } = node.attributes;
  const cell = node.op === 'gru' ? gruCell : lstmCell;
  const gates = cell.gates * hidden;
  const suffixes = bidirectional ? ['', '_reverse'] : [''];
  const directions = suffixes.length;
  const parameter = (role: string, direction: number) => node.parameters[role + (suffixes[direction] ?? '')];
  const flip = reverser(emit, mask);

  // [T, N, C], and the same reversed.
  const first = emit.transpose(x, [1, 0, 2]);
  const sequences = suffixes.map((_, direction) => (direction === 0 ? first : flip(first)));
  const projected = sequences.map((sequence, direction) => {
    const rows = emit.reshape(sequence, [steps * batch, features]);
    const product = emit.product(rows, context.parameter(parameter('weight_ih', direction)), { b: true });
    const biased = emit.add(product, context.parameter(parameter('bias_ih', direction)));
    return emit.reshape(biased, [steps, 1, batch, gates]);
  });
  const stack = (role: string, shape: readonly number[]) =>
    emit.concat(
      suffixes.map((_, direction) =>
        emit.reshape(context.parameter(parameter(role, direction)), [1, ...shape]),
      ),
      0,
    );
  const weight = stack('weight_hh', [gates, hidden]);
  const bias = stack('bias_hh', [1, gates]);
  const run = cell.forward(emit, emit.concat(projected, 1), {
    turned: emit.transpose(weight, [0, 2, 1]),
    bias,
    hidden,
  });
  // [T, directions, N, hidden] to [N, T, directions * hidden], zero at the padding.
  const present = emit.reshape(mask, [batch, steps, 1]);
  const parts = emit.split(run.output, Array<number>(directions).fill(1), 1).map((part, direction) => {
    const states = emit.reshape(part, [steps, batch, hidden]);
    return direction === 0 ? states : flip(states);
  });
  const output = emit.mul(emit.transpose(emit.concat(parts, 2), [1, 0, 2]), present);

  return {
    output,
    backward: (gradient, [needsInput]) => {
      const incoming = emit.transpose(emit.mul(gradient, present), [1, 0, 2]);
      const perDirection = emit
        .split(incoming, Array<number>(directions).fill(hidden), 2)
        .map((part, direction) =>
          emit.reshape(direction === 0 ? part : flip(part), [steps, 1, batch, hidden]),
        );
      const { input, recurrentGates } = run.backward(emit.concat(perDirection, 1), weight);
      // [T, directions, N, gates] to [directions, T * N, gates]
      const rowsOf = (value: Value) => {
        const columns = value.shape[3] ?? 1;
        return emit.reshape(emit.transpose(value, [1, 0, 2, 3]), [directions, steps * batch, columns]);
      };
      const recurrentRows = rowsOf(recurrentGates);
      const inputRows = rowsOf(input);
      const before = rowsOf(run.statesBefore);
      const give = (role: string, all: Value, shape: readonly number[]) => {
        emit.split(all, Array<number>(directions).fill(1), 0).forEach((part, direction) => {
          const name = parameter(role, direction);
          if (context.learns(name)) context.gradient(name, emit.reshape(part, shape));
        });
      };
      give('weight_hh', emit.product(recurrentRows, before, { a: true }), [gates, hidden]);
      give('bias_hh', emit.sum(recurrentRows, [1]), [gates]);
      const read = emit.concat(
        sequences.map((sequence) => emit.reshape(sequence, [1, steps * batch, features])),
        0,
      );
      give('weight_ih', emit.product(inputRows, read, { a: true }), [gates, features]);
      give('bias_ih', emit.sum(inputRows, [1]), [gates]);
      if (!needsInput) return [undefined, undefined];
      const weights = stack('weight_ih', [gates, features]);
      const all = emit.split(emit.product(inputRows, weights), Array<number>(directions).fill(1), 0);
      const [sum] = all
        .map((part, direction) => {
          const value = emit.reshape(part, [steps, batch, features]);
          return direction === 0 ? value : flip(value);
        })
        .reduce<Value[]>((total, part) => [total[0] === undefined ? part : emit.add(total[0], part)], []);
      return [sum === undefined ? undefined : emit.transpose(sum, [1, 0, 2]), undefined];
    },
  };
}

/** Reverses [T, N, C] within the length of each sample; the padding stays where it is. */
function reverser(emit: Emitter, mask: Value): (x: Value) => Value {
  const [batch = 1] = mask.shape;
  const lengths = () => {
    const sums = emit.reshape(emit.sum(mask, [1]), [batch]);
    return emit.node('Cast', [sums], [batch], { to: int(INT64) });
  };
  return (x) =>
    emit.node('ReverseSequence', [x, emit.once(`lengths of ${mask.name}`, lengths)], x.shape, {
      batch_axis: int(1),
      time_axis: int(0),
    });
}
