import { int, ints } from '../onnx/model.js';
import { onnxPads } from '../onnx/window.js';
import type { NodeOf } from '../rules.js';
import { elementCount } from '../tensor.js';
import type { Lowered } from './context.js';
import type { Emitter, Value } from './emitter.js';
import { nativeMaxPool, takesNativePool } from './native-max-pooling.js';
import { poolGeometry, type PoolGeometry } from './pooling.js';
import { spreadPixels } from './spread.js';

/** The first of equal maxima gets the gradient, as in PyTorch. */
export function maxPool2d(node: NodeOf<'maxPool2d'>, [x]: readonly Value[], emit: Emitter): Lowered {
  if (x === undefined) throw new RangeError(`${node.name} has no input`);
  const pool = poolGeometry(node, x);
  if (takesNativePool(emit, pool)) return nativeMaxPool(x, pool, emit);
  const { top, left, bottom, right } = pool.padding;
  // onnxruntime wants padding smaller than the window. What no window reaches (a negative end) it leaves out by itself.
  const fits = Math.max(top, bottom) < pool.kernel[0] && Math.max(left, right) < pool.kernel[1];
  return emit.dialect !== 'portable' && fits
    ? poolWithIndices(x, pool, emit)
    : poolByComparison(emit.pad(x, pool.padding, LOWEST), pool, emit);
}

/** Below every activation; minus infinity itself is not portable. */
const LOWEST = -3.4e38;

/** onnxruntime's CPU provider tells where each maximum was. */
function poolWithIndices(x: Value, { kernel, stride, padding, size }: PoolGeometry, emit: Emitter): Lowered {
  const [batch = 1, channels = 1] = x.shape;
  const shape = [batch, channels, ...size];
  const [output = '', indices = ''] = emit.graph.nodes('MaxPool', [x.name], 2, {
    kernel_shape: ints(kernel),
    strides: ints(stride),
    pads: onnxPads({
      top: padding.top,
      left: padding.left,
      bottom: Math.max(padding.bottom, 0),
      right: Math.max(padding.right, 0),
    }),
  });
  return {
    output: { name: output, shape },
    backward: (gradient) => {
      const count = elementCount(x.shape);
      const flat = [elementCount(shape)];
      const zeros = emit.expand(emit.scalar(0), [count]);
      const places = emit.reshape({ name: indices, shape }, flat);
      const summed = emit.node('ScatterElements', [zeros, places, emit.reshape(gradient, flat)], [count], {
        axis: int(0),
        reduction: { kind: 'string', value: 'add' },
      });
      return [emit.reshape(summed, x.shape)];
    },
  };
}

/** Tests for each place in the window whether it holds the maximum. */
function poolByComparison(
  padded: Value,
  { kernel, stride, padding, size }: PoolGeometry,
  emit: Emitter,
): Lowered {
  const [batch = 1, channels = 1, rows = 1, columns = 1] = padded.shape;
  const output = emit.node('MaxPool', [padded], [batch, channels, ...size], {
    kernel_shape: ints(kernel),
    strides: ints(stride),
  });
  return {
    output,
    backward: (gradient) => {
      let left = gradient;
      let total: Value | undefined;
      const zero = emit.scalar(0);
      for (let row = 0; row < kernel[0]; row++) {
        for (let column = 0; column < kernel[1]; column++) {
          const seen = emit.window(padded, [row, column], size, stride);
          const hit = emit.compare('Equal', seen, output);
          const part = emit.where(hit, left, zero);
          left = emit.where(hit, zero, left);
          const spread = spreadPixels(emit, part, stride);
          const [height = 1, width = 1] = spread.shape.slice(-2);
          const placed = emit.pad(spread, {
            top: row,
            left: column,
            bottom: rows - row - height,
            right: columns - column - width,
          });
          total = total === undefined ? placed : emit.add(total, placed);
        }
      }
      return [
        emit.pad(total ?? gradient, {
          top: -padding.top,
          left: -padding.left,
          bottom: -padding.bottom,
          right: -padding.right,
        }),
      ];
    },
  };
}
