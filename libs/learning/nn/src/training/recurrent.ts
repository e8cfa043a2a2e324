import { int } from '../onnx/model.js';
import type { NodeOf } from '../rules.js';
import type { Lowered, TrainingContext } from './context.js';
import type { Emitter, Value } from './emitter.js';
import { operand } from './operand.js';
import { gruCell, lstmCell, type Cell, type CellRun, type GateGradients } from './recurrent-cells.js';

/** Elements of ONNX's type for 64-bit integers. */
const INT64 = 7;

/**
 * A recurrent layer over padded sequences. Both directions run as one batch of matrices: the second reads each sequence
 * reversed within its length, so that the padding comes last for both and the cells need no mask.
 *
 * One Scan goes forwards and keeps what the gradient needs; one goes backwards and makes the gradients of the gates.
 * Everything that does not depend on the previous state (the products with the input, all weights' gradients) is one product over all
 * steps outside of the loops.
 */
export function recurrent(
  node: NodeOf<'gru'> | NodeOf<'lstm'>,
  inputs: readonly Value[],
  context: TrainingContext,
): Lowered {
  return new RecurrentLayer(node, operand(inputs, 0), operand(inputs, 1), context).lower();
}

type Role = 'weight_ih' | 'weight_hh' | 'bias_ih' | 'bias_hh';

/** T steps, N sequences, C features; D directions. */
class RecurrentLayer {
  readonly #node: NodeOf<'gru'> | NodeOf<'lstm'>;
  readonly #context: TrainingContext;
  readonly #emit: Emitter;
  readonly #cell: Cell;
  /** Names of the parameters end with these, one a direction. */
  readonly #suffixes: readonly string[];
  readonly #batch: number;
  readonly #steps: number;
  readonly #features: number;
  readonly #gates: number;
  readonly #x: Value;
  readonly #mask: Value;
  readonly #flip: (x: Value) => Value;

  constructor(node: NodeOf<'gru'> | NodeOf<'lstm'>, x: Value, mask: Value, context: TrainingContext) {
    const [batch = 1, steps = 1, features = 1] = x.shape;
    this.#node = node;
    this.#context = context;
    this.#emit = context.emit;
    this.#cell = node.op === 'gru' ? gruCell : lstmCell;
    this.#suffixes = node.attributes.bidirectional ? ['', '_reverse'] : [''];
    this.#batch = batch;
    this.#steps = steps;
    this.#features = features;
    this.#gates = this.#cell.gates * node.attributes.hidden;
    this.#x = x;
    this.#mask = mask;
    this.#flip = reverser(this.#emit, mask);
  }

  lower(): Lowered {
    const emit = this.#emit;
    // [T, N, C], and the same reversed.
    const first = emit.transpose(this.#x, [1, 0, 2]);
    const sequences = this.#suffixes.map((_, direction) => this.#turned(first, direction));
    const projected = sequences.map((sequence, direction) => this.#project(sequence, direction));
    const weight = this.#stack('weight_hh', [this.#gates, this.#node.attributes.hidden]);
    const bias = this.#stack('bias_hh', [1, this.#gates]);
    const run = this.#cell.forward(emit, emit.concat(projected, 1), {
      turned: emit.transpose(weight, [0, 2, 1]),
      bias,
      hidden: this.#node.attributes.hidden,
    });
    const present = emit.reshape(this.#mask, [this.#batch, this.#steps, 1]);
    return {
      output: this.#output(run, present),
      backward: (gradient, [needsInput]) => {
        const gates = run.backward(this.#gradientOfStates(gradient, present), weight);
        const rows = this.#giveGradients(gates, run, sequences);
        return [needsInput ? this.#inputGradient(rows) : undefined, undefined];
      },
    };
  }

  /** The second direction reads sequences, and gives its states, reversed. */
  #turned(x: Value, direction: number): Value {
    return direction === 0 ? x : this.#flip(x);
  }

  #parameter(role: Role, direction: number): string | undefined {
    return this.#node.parameters[role + (this.#suffixes[direction] ?? '')];
  }

  /** [D, ...shape] of a parameter of all directions. */
  #stack(role: Role, shape: readonly number[]): Value {
    const each = this.#suffixes.map((_, direction) =>
      this.#emit.reshape(this.#context.parameter(this.#parameter(role, direction)), [1, ...shape]),
    );
    return this.#emit.concat(each, 0);
  }

  /** Splits an axis that has one equal part for each direction. */
  #perDirection(x: Value, axis: number): Value[] {
    const { length } = this.#suffixes;
    return this.#emit.split(x, Array<number>(length).fill((x.shape[axis] ?? 0) / length), axis);
  }

  /** x W^T + b of every step, [T, 1, N, gates]. */
  #project(sequence: Value, direction: number): Value {
    const emit = this.#emit;
    const parameter = (role: Role) => this.#context.parameter(this.#parameter(role, direction));
    const rows = emit.reshape(sequence, [this.#steps * this.#batch, this.#features]);
    const product = emit.product(rows, parameter('weight_ih'), { b: true });
    const biased = emit.add(product, parameter('bias_ih'));
    return emit.reshape(biased, [this.#steps, 1, this.#batch, this.#gates]);
  }

  /** [T, D, N, hidden] to [N, T, D * hidden], zero at the padding. */
  #output({ output }: CellRun, present: Value): Value {
    const emit = this.#emit;
    const { hidden } = this.#node.attributes;
    const parts = this.#perDirection(output, 1).map((part, direction) =>
      this.#turned(emit.reshape(part, [this.#steps, this.#batch, hidden]), direction),
    );
    return emit.mul(emit.transpose(emit.concat(parts, 2), [1, 0, 2]), present);
  }

  /** The gradient of the output, [N, T, D * hidden], as that of the states, [T, D, N, hidden]. */
  #gradientOfStates(gradient: Value, present: Value): Value {
    const emit = this.#emit;
    const incoming = emit.transpose(emit.mul(gradient, present), [1, 0, 2]);
    const parts = this.#perDirection(incoming, 2).map((part, direction) =>
      emit.reshape(this.#turned(part, direction), [
        this.#steps,
        1,
        this.#batch,
        this.#node.attributes.hidden,
      ]),
    );
    return emit.concat(parts, 1);
  }

  /**
   * Gives the gradients of all parameters.
   *
   * @returns the gradient of the product with the input, [D, T * N, gates]
   */
  #giveGradients(gates: GateGradients, { statesBefore }: CellRun, sequences: readonly Value[]): Value {
    const emit = this.#emit;
    const { hidden } = this.#node.attributes;
    const recurrentRows = this.#rows(gates.recurrentGates);
    const inputRows = this.#rows(gates.input);
    const before = this.#rows(statesBefore);
    this.#give('weight_hh', emit.product(recurrentRows, before, { a: true }), [this.#gates, hidden]);
    this.#give('bias_hh', emit.sum(recurrentRows, [1]), [this.#gates]);
    const read = emit.concat(
      sequences.map((sequence) => emit.reshape(sequence, [1, this.#steps * this.#batch, this.#features])),
      0,
    );
    this.#give('weight_ih', emit.product(inputRows, read, { a: true }), [this.#gates, this.#features]);
    this.#give('bias_ih', emit.sum(inputRows, [1]), [this.#gates]);
    return inputRows;
  }

  /** [T, D, N, n] to [D, T * N, n]. */
  #rows(value: Value): Value {
    const columns = value.shape[3] ?? 1;
    const moved = this.#emit.transpose(value, [1, 0, 2, 3]);
    return this.#emit.reshape(moved, [this.#suffixes.length, this.#steps * this.#batch, columns]);
  }

  #give(role: Role, gradients: Value, shape: readonly number[]): void {
    this.#perDirection(gradients, 0).forEach((part, direction) => {
      const name = this.#parameter(role, direction);
      if (this.#context.learns(name)) this.#context.gradient(name, this.#emit.reshape(part, shape));
    });
  }

  #inputGradient(inputRows: Value): Value {
    const emit = this.#emit;
    const weights = this.#stack('weight_ih', [this.#gates, this.#features]);
    const sum = this.#perDirection(emit.product(inputRows, weights), 0)
      .map((part, direction) =>
        this.#turned(emit.reshape(part, [this.#steps, this.#batch, this.#features]), direction),
      )
      .reduce((total, part) => emit.add(total, part));
    return emit.transpose(sum, [1, 0, 2]);
  }
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
