import type { ElementwiseAttributes, ElementwiseName, NodeOf } from '@ichor/nn';
import type { Activation, TensorFlow } from './tensorflow.js';

/** TensorFlow.js differentiates these itself: a second opinion on the gradients of `@ichor/nn`. */
const operators: {
  readonly [Op in ElementwiseName]: (
    tf: TensorFlow,
    x: Activation,
    attributes: ElementwiseAttributes[Op],
  ) => Activation;
} = {
  relu: (tf, x) => tf.relu(x),
  relu6: (tf, x) => tf.relu6(x),
  sigmoid: (tf, x) => tf.sigmoid(x),
  swish: (tf, x) => tf.mul(x, tf.sigmoid(x)),
  tanh: (tf, x) => tf.tanh(x),
  gelu: (tf, x) => tf.mul(x, tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2))))),
  scale: (tf, x, { factor }) => tf.mul(x, tf.scalar(factor)),
};

export function elementwise(
  tf: TensorFlow,
  { op, attributes }: NodeOf<ElementwiseName>,
  x: Activation,
): Activation {
  // The table's type correlates operator and attributes; TypeScript cannot follow that through an index.
  return (operators[op] as (tf: TensorFlow, x: Activation, given: typeof attributes) => Activation)(
    tf,
    x,
    attributes,
  );
}
