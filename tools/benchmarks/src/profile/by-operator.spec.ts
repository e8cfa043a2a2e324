import { expect, it } from 'vitest';
import { byOperator, nodeTimes, type ProfileEvent } from './by-operator.js';

const kernel = (name: string, op_name: string, dur: number): ProfileEvent => ({
  cat: 'Node',
  name: `${name}_kernel_time`,
  dur,
  args: {
    op_name,
    input_type_shape: [{ float: [8, 3] }, { float: [3] }],
    output_type_shape: [{ float: [8, 3] }],
  },
});

it('takes the least time of a node after the first runs, and sums over the nodes of an operator', () => {
  const events: ProfileEvent[] = [
    { cat: 'Session', name: 'model_run', dur: 9000 },
    kernel('a', 'Conv', 1),
    kernel('b', 'Mul', 500),
    { cat: 'Node', name: 'a_fence_before', dur: 7 },
    kernel('a', 'Conv', 2500),
    kernel('a', 'Conv', 2000),
    kernel('b', 'Mul', 700),
    kernel('c', 'Conv', 100),
    kernel('c', 'Conv', 1250),
  ];
  const times = nodeTimes(events, 1);
  expect(times).toEqual([
    { node: 'a', operator: 'Conv', milliseconds: 2, shapes: '8x3 3 -> 8x3' },
    { node: 'b', operator: 'Mul', milliseconds: 0.7, shapes: '8x3 3 -> 8x3' },
    { node: 'c', operator: 'Conv', milliseconds: 1.25, shapes: '8x3 3 -> 8x3' },
  ]);
  expect(byOperator(times)).toEqual([
    { operator: 'Conv', nodes: 2, milliseconds: 3.25 },
    { operator: 'Mul', nodes: 1, milliseconds: 0.7 },
  ]);
});

it('leaves out a node that ran only in the first runs', () => {
  expect(nodeTimes([kernel('a', 'Conv', 1)], 1)).toEqual([]);
});
