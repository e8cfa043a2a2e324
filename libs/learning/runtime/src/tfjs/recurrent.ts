import type * as tfjs from '@tensorflow/tfjs';
import type { NodeOf } from '@ichor/nn';
import type { Context } from './context.js';
import type { Activation, TensorFlow } from './tensorflow.js';

/** What the input and the state give to the gates of one step, [N, gates hidden] each, and the states before. */
type Cell = (
  tf: TensorFlow,
  fromInput: tfjs.Tensor,
  fromState: tfjs.Tensor,
  states: readonly tfjs.Tensor[],
) => readonly tfjs.Tensor[];

export function gru(node: NodeOf<'gru'>, x: Activation, mask: Activation, context: Context): Activation {
  return recurrent(node, { x, mask }, context, 1, (tf, fromInput, fromState, [state]) => {
    const [xr, xz, xn] = thirds(tf, fromInput);
    const [hr, hz, hn] = thirds(tf, fromState);
    const reset = tf.sigmoid(tf.add(xr, hr));
    const update = tf.sigmoid(tf.add(xz, hz));
    const fresh = tf.tanh(tf.add(xn, tf.mul(reset, hn)));
    return [tf.add(fresh, tf.mul(update, tf.sub(given(state), fresh)))];
  });
}

export function lstm(node: NodeOf<'lstm'>, x: Activation, mask: Activation, context: Context): Activation {
  return recurrent(node, { x, mask }, context, 2, (tf, fromInput, fromState, [, before]) => {
    const [i, f, g, o] = tf.split(tf.add(fromInput, fromState), 4, 1);
    const cell = tf.add(
      tf.mul(tf.sigmoid(given(f)), given(before)),
      tf.mul(tf.sigmoid(given(i)), tf.tanh(given(g))),
    );
    return [tf.mul(tf.sigmoid(given(o)), tf.tanh(cell)), cell];
  });
}

/** Step by step; where a sample has no step, its states stay as they are. TensorFlow.js differentiates the loop. */
function recurrent(
  node: NodeOf<'gru'> | NodeOf<'lstm'>,
  { x, mask }: { readonly x: Activation; readonly mask: Activation },
  { tf, parameter }: Context,
  stateCount: number,
  cell: Cell,
): Activation {
  const [batch = 1, steps = 1, features = 1] = x.shape;
  const { hidden, bidirectional } = node.attributes;
  // Not tf.unstack, whose gradient fails for a single step.
  const each = <T>(make: (step: number) => T) => Array.from({ length: steps }, (_, step) => make(step));
  const inputs = each((t) => tf.reshape(tf.slice(x, [0, t, 0], [batch, 1, features]), [batch, features]));
  const present = each((t) => tf.slice(mask, [0, t], [batch, 1]));
  const outputs = (bidirectional ? ['', '_reverse'] : ['']).map((suffix) => {
    const value = (role: string) => parameter(node.parameters[role + suffix] ?? role);
    const [weightIn, weightState] = [value('weight_ih'), value('weight_hh')];
    const [biasIn, biasState] = [value('bias_ih'), value('bias_hh')];
    const order = each((t) => (suffix === '' ? t : steps - 1 - t));
    let states: readonly tfjs.Tensor[] = Array.from({ length: stateCount }, () => tf.zeros([batch, hidden]));
    const results: tfjs.Tensor[] = [];
    for (const t of order) {
      const there = given(present[t]);
      const next = cell(
        tf,
        tf.add(tf.matMul(given(inputs[t]), weightIn, false, true), biasIn),
        tf.add(tf.matMul(given(states[0]), weightState, false, true), biasState),
        states,
      );
      states = next.map((state, i) => {
        const before = given(states[i]);
        return tf.add(before, tf.mul(there, tf.sub(state, before)));
      });
      results[t] = tf.mul(given(states[0]), there);
    }
    return tf.stack(results, 1);
  });
  return tf.concat(outputs, 2);
}

function thirds(tf: TensorFlow, gates: tfjs.Tensor): readonly [tfjs.Tensor, tfjs.Tensor, tfjs.Tensor] {
  const [a, b, c] = tf.split(gates, 3, 1);
  return [given(a), given(b), given(c)];
}

function given(tensor: tfjs.Tensor | undefined): tfjs.Tensor {
  if (tensor === undefined) throw new RangeError('a tensor of the recurrent layer is missing');
  return tensor;
}
