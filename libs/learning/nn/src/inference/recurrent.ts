import { int, string } from '../onnx/model.js';
import type { NodeOf } from '../rules.js';
import type { Tensor } from '../tensor.js';
import type { InferenceContext } from './context.js';

/** Elements of ONNX's type for 32-bit integers. */
const INT32 = 6;

/**
 * The index of PyTorch's gate at each position of ONNX's order. PyTorch: reset, update, new, and input,
 * forget, cell, output. ONNX (operators GRU and LSTM): update, reset, hidden, and input, output, forget,
 * cell.
 */
const GATES = { gru: [1, 0, 2], lstm: [0, 3, 1, 2] } as const;

/**
 * A recurrent layer as ONNX's own operator: it takes [T, N, C] and lengths, and returns zeros after the last
 * step.
 */
export function recurrent(
  node: NodeOf<'gru'> | NodeOf<'lstm'>,
  [sequence = '', mask = '']: readonly string[],
  { graph, parameter }: InferenceContext,
): string {
  const { hidden, bidirectional } = node.attributes;
  const order = GATES[node.op];
  const directions = bidirectional ? ['', '_reverse'] : [''];
  const turned = (role: string) => inOrder(parameter(node.parameters[role]), order);
  const stacked = (name: string, roles: readonly string[], last: readonly number[]) => {
    const parts = directions.flatMap((direction) => roles.map((role) => turned(role + direction)));
    const data = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let offset = 0;
    for (const part of parts) {
      data.set(part, offset);
      offset += part.length;
    }
    return graph.initializer(`${node.name}.${name}`, [directions.length, ...last], data);
  };
  const rows = order.length * hidden;
  const features = parameter(node.parameters['weight_ih']).shape[1] ?? 0;
  const lengths = graph.node(
    'Cast',
    [graph.node('ReduceSum', [mask, graph.integers([1])], { keepdims: int(0) })],
    {
      to: int(INT32),
    },
  );
  const stepsFirst = graph.node('Transpose', [sequence], { perm: { kind: 'ints', value: [1, 0, 2] } });
  const [states = ''] = graph.nodes(
    node.op === 'gru' ? 'GRU' : 'LSTM',
    [
      stepsFirst,
      stacked('W', ['weight_ih'], [rows, features]),
      stacked('R', ['weight_hh'], [rows, hidden]),
      stacked('B', ['bias_ih', 'bias_hh'], [2 * rows]),
      lengths,
    ],
    1,
    {
      hidden_size: int(hidden),
      direction: string(bidirectional ? 'bidirectional' : 'forward'),
      // The reset gate acts on the product, its bias included, as in PyTorch.
      ...(node.op === 'gru' ? { linear_before_reset: int(1) } : {}),
    },
  );
  // [T, directions, N, hidden]
  const batchFirst = graph.node('Transpose', [states], { perm: { kind: 'ints', value: [2, 0, 1, 3] } });
  return graph.node('Reshape', [batchFirst, graph.integers([0, 0, -1])], {}, { name: node.name });
}

/** Blocks of rows (or of a bias), one a gate, in another order. */
function inOrder({ data }: Tensor, order: readonly number[]): Float32Array {
  const each = data.length / order.length;
  const result = new Float32Array(data.length);
  order.forEach((gate, place) => result.set(data.subarray(gate * each, (gate + 1) * each), place * each));
  return result;
}
