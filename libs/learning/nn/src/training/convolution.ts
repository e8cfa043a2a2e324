import type { NodeOf } from '../rules.js';
import { convPadding } from '../shapes/window.js';
import { elementCount } from '../tensor.js';
import { blockedConv, takesBlocks, wholeBlocks } from './blocked-convolution.js';
import type { Lowered, TrainingContext } from './context.js';
import type { ConvGeometry, Emitter, Value } from './emitter.js';
import { channelRows, foldsBatch } from './fold-batch.js';
import { inputGradient, type ConvOperands } from './input-gradient.js';
import { spreadPixels } from './spread.js';
import { weightGradient } from './weight-gradient.js';

export function conv2d(node: NodeOf<'conv2d'>, [x]: readonly Value[], context: TrainingContext): Lowered {
  const { emit } = context;
  if (x === undefined) throw new RangeError(`${node.name} has no input`);
  const [, , height = 1, width = 1] = x.shape;
  const padding = convPadding(node.attributes, [height, width]);
  const { weight: weightName, bias: biasName } = node.parameters;
  const weight = context.parameter(weightName);
  const bias = biasName === undefined ? undefined : context.parameter(biasName);
  const whole = wholeBlocks(emit, weight, node.attributes.groups);
  const output =
    bias === undefined && takesBlocks(emit, whole.weight, whole.groups)
      ? blockedConv(emit, x, whole.weight, { ...node.attributes, groups: whole.groups }, padding)
      : emit.conv(x, weight, node.attributes, padding, bias);
  const pointwise =
    node.attributes.groups === 1 &&
    elementCount(node.attributes.kernel) === 1 &&
    elementCount(output.shape) > 0;
  const unpadded = Object.values(padding).every((extent) => extent === 0);
  return {
    output,
    // Scaling the weights and their gradient is cheaper while they are smaller than the activation.
    takesScale: bias === undefined && 2 * elementCount(weight.shape) < elementCount(output.shape),
    backward: (gradient, [needsInput = false], { scale } = {}) => {
      if (biasName !== undefined && context.learns(biasName)) {
        context.gradient(biasName, emit.total(gradient, [0, 2, 3]));
      }
      const factor = scale && emit.reshape(scale, [elementCount(scale.shape), 1, 1, 1]);
      const scaled = factor && needsInput ? emit.mul(weight, factor) : weight;
      const learns = context.learns(weightName);
      const seen = learns ? emit.again(x, gradient) : x;
      const operands = { x: seen, weight: scaled, gradient };
      const parts =
        pointwise && unpadded
          ? pointwiseGradients(emit, operands, node.attributes, { learns, needsInput })
          : {
              weight: learns ? weightGradient(emit, seen, gradient, node.attributes, padding) : undefined,
              input: needsInput ? inputGradient(emit, operands, node.attributes, padding) : undefined,
            };
      if (parts.weight !== undefined) {
        context.gradient(weightName, factor === undefined ? parts.weight : emit.mul(parts.weight, factor));
      }
      return [parts.input];
    },
  };
}

/** A 1x1 convolution is a matrix product, and so are its gradients. */
function pointwiseGradients(
  emit: Emitter,
  { x: image, weight, gradient }: ConvOperands,
  { stride }: ConvGeometry,
  { learns, needsInput }: { readonly learns: boolean; readonly needsInput: boolean },
): { readonly weight: Value | undefined; readonly input: Value | undefined } {
  const [batch = 1, outputs = 1, rows = 1, columns = 1] = gradient.shape;
  const inputs = image.shape[1] ?? 1;
  const pixels = rows * columns;
  const x = learns ? emit.window(image, [0, 0], [rows, columns], stride) : image;
  const matrix = emit.reshape(weight, [outputs, inputs]);
  const seen = [batch, inputs, rows, columns];
  let dw: Value | undefined;
  let dx: Value | undefined;
  if (foldsBatch(batch, outputs + inputs, outputs * inputs, pixels)) {
    const dy = channelRows(emit, gradient);
    if (learns) dw = emit.product(dy, channelRows(emit, x), { b: true });
    if (needsInput) {
      const dxRows = emit.reshape(emit.product(matrix, dy, { a: true }), [inputs, batch, pixels]);
      dx = emit.reshape(emit.transpose(dxRows, [1, 0, 2]), seen);
    }
  } else {
    const dy = emit.reshape(gradient, [batch, outputs, pixels]);
    if (learns) {
      const each = emit.product(dy, emit.reshape(x, [batch, inputs, pixels]), { b: true });
      dw = emit.total(each, [0]);
    }
    if (needsInput) {
      const turned = emit.reshape(emit.transpose(matrix, [1, 0]), [inputs, outputs, 1, 1]);
      const plain: ConvGeometry = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], groups: 1 };
      dx = emit.conv(gradient, turned, plain, { top: 0, left: 0, bottom: 0, right: 0 });
    }
  }
  return {
    weight: dw && emit.reshape(dw, [outputs, inputs, 1, 1]),
    input: dx && spreadTo(emit, dx, stride, image),
  };
}

/** Puts the gradient of a strided image back to the places that were read. */
function spreadTo(emit: Emitter, x: Value, stride: ConvGeometry['stride'], image: Value): Value {
  const spread = spreadPixels(emit, x, stride);
  const [height = 1, width = 1] = image.shape.slice(-2);
  const [rows = 1, columns = 1] = spread.shape.slice(-2);
  return emit.pad(spread, { top: 0, left: 0, bottom: height - rows, right: width - columns });
}
