import type { NetworkNode } from './network.js';
import type { OpName } from './ops.js';

/** A node of one operator. */
export type NodeOf<Op extends OpName> = Extract<NetworkNode, { readonly op: Op }>;

/** One function per operator: a missing operator does not compile. */
export type RuleTable<Arguments extends readonly unknown[], Result> = {
  readonly [Op in OpName]: (node: NodeOf<Op>, ...rest: Arguments) => Result;
};

export function applyRule<Arguments extends readonly unknown[], Result>(
  table: RuleTable<Arguments, Result>,
  node: NetworkNode,
  ...rest: Arguments
): Result {
  // The table's type correlates rule and node; TypeScript cannot follow that through an index.
  const rule = table[node.op] as (node: NetworkNode, ...rest: Arguments) => Result;
  return rule(node, ...rest);
}
