import type { NetworkNode } from '../network.js';
import type { OnnxGraph } from '../onnx/graph.js';
import type { NodeOf, RuleTable } from '../rules.js';
import type { Emitter, Value } from '../training/emitter.js';
import { errorFunction, logistic, normalDensity } from './special-functions.js';

/** Operators with one input that do the same to each number of it, and their attributes. */
export interface ElementwiseAttributes {
  relu: Record<never, never>;
  /** min(max(x, 0), 6), for networks that were made to be computed in 8 bits (Howard et al. 2017). */
  relu6: Record<never, never>;
  sigmoid: Record<never, never>;
  /** x * sigmoid(x), also known as SiLU. */
  swish: Record<never, never>;
  tanh: Record<never, never>;
  /** x Phi(x) with the exact error function (Hendrycks and Gimpel 2016), PyTorch's default. */
  gelu: Record<never, never>;
  /** x * factor, a constant. */
  scale: { readonly factor: number };
}

export type ElementwiseName = keyof ElementwiseAttributes;

/** All that Ichor knows of an element-wise operator with given attributes; TensorFlow.js has a table of its own. */
export interface Elementwise {
  /** In double precision, from the definition: what the tests compare the graphs with. */
  readonly value: (x: number) => number;
  /** Its derivative. */
  readonly slope: (x: number) => number;
  /** ONNX nodes of evaluation; the last one takes `name`. */
  readonly inference: (x: string, graph: OnnxGraph, name: { readonly name: string }) => string;
  /** ONNX nodes of training, and those that take a gradient back. */
  readonly training: (
    x: Value,
    emit: Emitter,
  ) => { readonly output: Value; readonly backward: (gradient: Value) => Value };
}

/** One definition for each operator: nothing else in this package needs to know of a new one. */
const operators: {
  readonly [Op in ElementwiseName]: (attributes: ElementwiseAttributes[Op]) => Elementwise;
} = {
  relu: () => ({
    value: (x) => Math.max(x, 0),
    slope: (x) => (x > 0 ? 1 : 0),
    inference: (x, graph, name) => graph.node('Relu', [x], {}, name),
    training: (x, emit) => {
      const output = emit.unary('Relu', x);
      if (emit.isRepeatable(x)) emit.repeatable(output, (zero) => emit.unary('Relu', emit.repeat(x, zero)));
      return { output, backward: (gradient) => emit.whereAbove(emit.again(output, gradient), gradient) };
    },
  }),
  relu6: () => ({
    value: (x) => Math.min(Math.max(x, 0), 6),
    slope: (x) => (x > 0 && x < 6 ? 1 : 0),
    inference: (x, graph, name) => graph.node('Clip', [x, graph.number(0), graph.number(6)], {}, name),
    training: (x, emit) => {
      const output = emit.clip(x, 0, 6);
      return {
        output,
        backward: (gradient) =>
          emit.whereAbove(emit.sub(emit.scalar(6), output), emit.whereAbove(output, gradient)),
      };
    },
  }),
  sigmoid: () => ({
    value: logistic,
    slope: (x) => logistic(x) * (1 - logistic(x)),
    inference: (x, graph, name) => graph.node('Sigmoid', [x], {}, name),
    training: (x, emit) => {
      const output = emit.unary('Sigmoid', x);
      return {
        output,
        backward: (gradient) => emit.mul(emit.mul(gradient, output), emit.sub(emit.scalar(1), output)),
      };
    },
  }),
  swish: () => ({
    value: (x) => x * logistic(x),
    slope: (x) => logistic(x) * (1 + x * (1 - logistic(x))),
    inference: (x, graph, name) => graph.node('Mul', [x, graph.node('Sigmoid', [x])], {}, name),
    training: (x, emit) => {
      const sigmoid = emit.unary('Sigmoid', x);
      const output = emit.mul(x, sigmoid);
      return {
        output,
        // y' = s + y (1 - s)
        backward: (gradient) =>
          emit.mul(gradient, emit.add(sigmoid, emit.mul(output, emit.sub(emit.scalar(1), sigmoid)))),
      };
    },
  }),
  tanh: () => ({
    value: Math.tanh,
    slope: (x) => 1 - Math.tanh(x) ** 2,
    inference: (x, graph, name) => graph.node('Tanh', [x], {}, name),
    training: (x, emit) => {
      const output = emit.unary('Tanh', x);
      return {
        output,
        backward: (gradient) => emit.mul(gradient, emit.sub(emit.scalar(1), emit.mul(output, output))),
      };
    },
  }),
  gelu: () => ({
    value: (x) => 0.5 * x * (1 + errorFunction(x / Math.SQRT2)),
    slope: (x) => 0.5 * (1 + errorFunction(x / Math.SQRT2)) + x * normalDensity(x),
    inference: (x, graph, name) => {
      const erf = graph.node('Erf', [graph.node('Mul', [x, graph.number(Math.SQRT1_2)])]);
      const half = graph.node('Mul', [x, graph.number(0.5)]);
      return graph.node('Mul', [half, graph.node('Add', [erf, graph.number(1)])], {}, name);
    },
    training: (x, emit) => {
      const erf = emit.unary('Erf', emit.scale(x, Math.SQRT1_2));
      const share = emit.scale(emit.add(erf, emit.scalar(1)), 0.5);
      return {
        output: emit.mul(x, share),
        backward: (gradient) => {
          const density = emit.scale(
            emit.unary('Exp', emit.scale(emit.mul(x, x), -0.5)),
            1 / Math.sqrt(2 * Math.PI),
          );
          return emit.mul(gradient, emit.add(share, emit.mul(x, density)));
        },
      };
    },
  }),
  scale: ({ factor }) => ({
    value: (x) => x * factor,
    slope: () => factor,
    inference: (x, graph, name) => graph.node('Mul', [x, graph.number(factor)], {}, name),
    training: (x, emit) => ({
      output: emit.scale(x, factor),
      backward: (gradient) => emit.scale(gradient, factor),
    }),
  }),
};

export const elementwiseNames = Object.keys(operators) as readonly ElementwiseName[];

/** The operator of a node with the attributes of the node. */
export function elementwiseOf({ op, attributes }: NodeOf<ElementwiseName>): Elementwise {
  // The table's type correlates operator and attributes; TypeScript cannot follow that through an index.
  return (operators[op] as (given: typeof attributes) => Elementwise)(attributes);
}

export function isElementwise(node: NetworkNode): node is NodeOf<ElementwiseName> {
  return Object.hasOwn(operators, node.op);
}

/** The part of a table of rules that these operators need, made of one rule. */
export function elementwiseRules<Arguments extends readonly unknown[], Result>(
  rule: (operator: Elementwise, node: NodeOf<ElementwiseName>, ...rest: Arguments) => Result,
): Pick<RuleTable<Arguments, Result>, ElementwiseName> {
  const one = (node: NodeOf<ElementwiseName>, ...rest: Arguments) => rule(elementwiseOf(node), node, ...rest);
  const entries = elementwiseNames.map((op) => [op, one] as const);
  return Object.fromEntries(entries) as Record<ElementwiseName, typeof one>;
}
