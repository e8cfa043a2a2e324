import type { Emitter, Value } from './emitter.js';

/**
 * Every loss is the mean over the batch (and over the classes, for `bce`). A weighted one is the sum over all elements
 * times a weight each. The weights come with the batch, and their caller defines the meaning of the sum.
 */
export type LossKind =
  | {
      readonly kind: 'bce';
      /** One weight per class, multiplied into the elements. Default: ones. */
      readonly classWeights?: readonly number[] | undefined;
      readonly weighted?: boolean | undefined;
    }
  | { readonly kind: 'crossEntropy' };

/** The loss as [1] and its gradient with respect to the logits [N, K]; targets [N, K], possibly soft. */
export function lowerLoss(
  emit: Emitter,
  loss: LossKind,
  logits: Value,
  targets: Value,
  weights?: Value,
): { readonly loss: Value; readonly gradient: Value } {
  return loss.kind === 'bce'
    ? binaryCrossEntropy(emit, logits, targets, { classWeights: loss.classWeights, weights })
    : crossEntropy(emit, logits, targets);
}

/** w (softplus(x) - t x); softplus is written so that it cannot overflow; gradient w (sigmoid(x) - t). */
function binaryCrossEntropy(
  emit: Emitter,
  logits: Value,
  targets: Value,
  {
    classWeights,
    weights,
  }: { readonly classWeights: readonly number[] | undefined; readonly weights: Value | undefined },
): { readonly loss: Value; readonly gradient: Value } {
  const [samples = 1, classes = 1] = logits.shape;
  const perClass = (value: Value) =>
    classWeights === undefined
      ? value
      : emit.mul(
          value,
          emit.constant('class weights', [classes], () => Float32Array.from(classWeights)),
        );
  const weighted = (value: Value) =>
    weights === undefined ? perClass(value) : emit.mul(perClass(value), weights);
  const positive = emit.unary('Relu', logits);
  const decay = emit.unary('Exp', emit.unary('Neg', emit.unary('Abs', logits)));
  const softplus = emit.add(positive, emit.unary('Log', emit.add(decay, emit.scalar(1))));
  const elements = weighted(emit.sub(softplus, emit.mul(targets, logits)));
  const share = weights === undefined ? 1 / (samples * classes) : 1;
  return {
    loss: emit.reshape(emit.scale(emit.sum(elements, [0, 1]), share), [1]),
    gradient: emit.scale(weighted(emit.sub(emit.unary('Sigmoid', logits), targets)), share),
  };
}

/** -sum t log softmax(x); gradient softmax(x) sum(t) - t. */
function crossEntropy(
  emit: Emitter,
  logits: Value,
  targets: Value,
): { readonly loss: Value; readonly gradient: Value } {
  const share = 1 / (logits.shape[0] ?? 1);
  const logarithms = emit.node('LogSoftmax', [logits], logits.shape, { axis: { kind: 'int', value: 1 } });
  const probabilities = emit.unary('Exp', logarithms);
  const total = emit.sum(emit.mul(targets, logarithms), [0, 1]);
  return {
    loss: emit.reshape(emit.scale(total, -share), [1]),
    gradient: emit.scale(emit.sub(emit.mul(probabilities, emit.sum(targets, [1])), targets), share),
  };
}
