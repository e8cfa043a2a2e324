import type { NetworkNode } from '../network.js';
import type { NodeOf, RuleTable } from '../rules.js';
import type { Shape } from '../tensor.js';
import type { Randomness } from '../training/masks.js';

/** Operators that do nothing in evaluation, and in training multiply by random masks or add random numbers. */
export interface NoiseAttributes {
  /** Zeroes single elements in training with probability `rate`, scales the rest by 1/(1-rate). */
  dropout: { readonly rate: number };
  /** Zeroes whole samples in training with probability `rate`, scales the rest by 1/(1-rate). */
  dropConnect: { readonly rate: number };
  /** Zeroes whole steps of a sequence in training with probability `rate`, scales the rest by 1/(1-rate). */
  dropSteps: { readonly rate: number };
  /** Adds normal noise in training. */
  gaussianNoise: { readonly deviation: number };
}

export type NoiseName = keyof NoiseAttributes;

/** All that an engine needs to know of such an operator with given attributes. */
export interface Noise {
  /** What is drawn: a factor with `drop`, a summand with `normal`; nothing where it would change nothing. */
  readonly randomness: Randomness | undefined;
  /** Shape of what is drawn for an input; sizes of 1 act along their axis. */
  readonly shape: (input: Shape) => Shape;
  /** Of the input; any where it is not given. */
  readonly rank?: number;
}

const drop = (rate: number): Randomness | undefined => (rate === 0 ? undefined : { kind: 'drop', rate });

/** One number for each place along the first axes. */
const along =
  (axes: number) =>
  (input: Shape): Shape =>
    input.map((size, axis) => (axis < axes ? size : 1));

const operators: { readonly [Op in NoiseName]: (attributes: NoiseAttributes[Op]) => Noise } = {
  dropout: ({ rate }) => ({ randomness: drop(rate), shape: (input) => input }),
  dropConnect: ({ rate }) => ({ randomness: drop(rate), shape: along(1) }),
  dropSteps: ({ rate }) => ({ randomness: drop(rate), shape: along(2), rank: 3 }),
  gaussianNoise: ({ deviation }) => ({
    randomness: deviation === 0 ? undefined : { kind: 'normal', deviation },
    shape: (input) => input,
  }),
};

const noiseNames = Object.keys(operators) as readonly NoiseName[];

function noiseOf({ op, attributes }: NodeOf<NoiseName>): Noise {
  // The table's type correlates operator and attributes; TypeScript cannot follow that through an index.
  return (operators[op] as (given: typeof attributes) => Noise)(attributes);
}

export function isNoise(node: NetworkNode): node is NodeOf<NoiseName> {
  return Object.hasOwn(operators, node.op);
}

/** The part of a table of rules that these operators need, made of one rule. */
export function noiseRules<Arguments extends readonly unknown[], Result>(
  rule: (noise: Noise, node: NodeOf<NoiseName>, ...rest: Arguments) => Result,
): Pick<RuleTable<Arguments, Result>, NoiseName> {
  const one = (node: NodeOf<NoiseName>, ...rest: Arguments) => rule(noiseOf(node), node, ...rest);
  return Object.fromEntries(noiseNames.map((op) => [op, one] as const)) as Record<NoiseName, typeof one>;
}
