import { present } from '@ichor/files/present';
import { logistic } from '../elementwise/special-functions.js';
import type { NodeOf } from '../rules.js';
import type { ReferenceContext } from './reference-context.js';
import { first, second, tensor64, type Tensor64 } from './tensor64.js';

type Inputs = readonly Tensor64[];

export function layerNorm(
  node: NodeOf<'layerNorm'>,
  inputs: Inputs,
  { parameter }: ReferenceContext,
): Tensor64 {
  const x = first(inputs);
  const [gamma, beta] = [parameter(node.parameters['weight']).data, parameter(node.parameters['bias']).data];
  const channels = gamma.length;
  return tensor64(x.shape, (index) => {
    const row = x.data.subarray(index - (index % channels), index - (index % channels) + channels);
    const mean = row.reduce((sum, value) => sum + value, 0) / channels;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / channels;
    const c = index % channels;
    return ((x.data[index]! - mean) / Math.sqrt(variance + node.attributes.eps)) * gamma[c]! + beta[c]!;
  });
}

/** One step of a cell: states (hidden first) before and after, for one sample. */
type Step = (
  gate: (source: 'input' | 'state', index: number, unit: number) => number,
  states: number[][],
) => number[][];

/** Each sample by itself, step after step. The other direction starts at the last step of the sample and ends at the first. */
function recurrent(
  node: NodeOf<'gru'> | NodeOf<'lstm'>,
  inputs: Inputs,
  { parameter }: ReferenceContext,
  step: Step,
  stateCount: number,
): Tensor64 {
  const [x, mask] = [first(inputs), second(inputs)];
  const [batch = 0, steps = 0, features = 0] = x.shape;
  const { hidden, bidirectional } = node.attributes;
  const suffixes = bidirectional ? ['', '_reverse'] : [''];
  const width = suffixes.length * hidden;
  const output = new Float64Array(batch * steps * width);
  suffixes.forEach((suffix, direction) => {
    const data = (role: string) => parameter(node.parameters[role + suffix]).data;
    const [weightIn, weightState, biasIn, biasState] = [
      data('weight_ih'),
      data('weight_hh'),
      data('bias_ih'),
      data('bias_hh'),
    ];
    for (let n = 0; n < batch; n++) {
      const known = Array.from({ length: steps }, (_, t) => t).filter((t) => mask.data[n * steps + t] === 1);
      let states = Array.from({ length: stateCount }, () => Array<number>(hidden).fill(0));
      for (const t of direction === 0 ? known : known.toReversed()) {
        const before = states[0] ?? [];
        states = step((source, index, unit) => {
          const row = index * hidden + unit;
          const [weight, bias, length] =
            source === 'input' ? [weightIn, biasIn, features] : [weightState, biasState, hidden];
          let sum = bias[row]!;
          for (let i = 0; i < length; i++) {
            const value = source === 'input' ? x.data[(n * steps + t) * features + i]! : present(before[i]);
            sum += weight[row * length + i]! * value;
          }
          return sum;
        }, states);
        states[0]?.forEach((value, unit) => {
          output[(n * steps + t) * width + direction * hidden + unit] = value;
        });
      }
    }
  });
  return { shape: [batch, steps, width], data: output };
}

export function gru(node: NodeOf<'gru'>, inputs: Inputs, context: ReferenceContext): Tensor64 {
  return recurrent(
    node,
    inputs,
    context,
    (gate, [h = []]) => [
      h.map((before, unit) => {
        const reset = logistic(gate('input', 0, unit) + gate('state', 0, unit));
        const update = logistic(gate('input', 1, unit) + gate('state', 1, unit));
        const fresh = Math.tanh(gate('input', 2, unit) + reset * gate('state', 2, unit));
        return (1 - update) * fresh + update * before;
      }),
    ],
    1,
  );
}

export function lstm(node: NodeOf<'lstm'>, inputs: Inputs, context: ReferenceContext): Tensor64 {
  return recurrent(
    node,
    inputs,
    context,
    (gate, [h = [], c = []]) => {
      const sum = (index: number, unit: number) => gate('input', index, unit) + gate('state', index, unit);
      const cells = c.map(
        (before, unit) => logistic(sum(1, unit)) * before + logistic(sum(0, unit)) * Math.tanh(sum(2, unit)),
      );
      return [h.map((_, unit) => logistic(sum(3, unit)) * Math.tanh(present(cells[unit]))), cells];
    },
    2,
  );
}

export function maskedSoftmax(_node: unknown, inputs: Inputs): Tensor64 {
  const [scores, mask] = [first(inputs), second(inputs)];
  const [, steps = 0, classes = 0] = scores.shape;
  const power = (n: number, t: number, k: number) =>
    mask.data[n * steps + t]! * Math.exp(scores.data[(n * steps + t) * classes + k]!);
  return tensor64(scores.shape, (index) => {
    const [n, t, k] = [
      Math.floor(index / steps / classes),
      Math.floor(index / classes) % steps,
      index % classes,
    ];
    let total = 0;
    for (let other = 0; other < steps; other++) total += power(n, other, k);
    return power(n, t, k) / total;
  });
}

export function sequenceSum(_node: unknown, inputs: Inputs): Tensor64 {
  const x = first(inputs);
  const [batch = 0, steps = 0, channels = 0] = x.shape;
  return tensor64([batch, channels], (index) => {
    const [n, c] = [Math.floor(index / channels), index % channels];
    let sum = 0;
    for (let t = 0; t < steps; t++) sum += x.data[(n * steps + t) * channels + c]!;
    return sum;
  });
}
