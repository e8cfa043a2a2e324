import { IchorError } from '@ichor/files/error';
import { elementwiseRules } from '../elementwise/operators.js';
import { noiseRules } from '../noise/operators.js';
import { float, int, type OnnxAttributes } from '../onnx/model.js';
import { convAttributesAnySize, dropsLastWindow, poolAttributes } from '../onnx/window.js';
import type { NodeOf, RuleTable } from '../rules.js';
import { elementCount, type Tensor } from '../tensor.js';
import type { InferenceContext } from './context.js';
import { recurrent } from './recurrent.js';
import { batchNormAffine, foldAffine, type Affine } from './fold.js';
import { groupsOfBlock, mergeGroups } from './merged-groups.js';

type Inputs = readonly string[];

/** Subtracted from the scores of padding: far larger than any difference of scores, far smaller than the range of float32. */
export const ABSENT = 1e9;

function affineOf(node: NodeOf<'batchNorm'>, { parameter }: InferenceContext): Affine {
  const data = (role: string) => parameter(node.parameters[role]).data;
  return batchNormAffine(
    data('weight'),
    data('bias'),
    data('running_mean'),
    data('running_var'),
    node.attributes.eps,
  );
}

/**
 * Adds weight and bias as initializers, with the folded batch norm in them; returns their names.
 *
 * @param merged so many groups become one
 */
function layerParameters(
  node: NodeOf<'conv2d'> | NodeOf<'linear'>,
  context: InferenceContext,
  merged = 1,
): string[] {
  const weight = context.parameter(node.parameters['weight']);
  const biasName = node.parameters['bias'];
  let bias = biasName === undefined ? undefined : context.parameter(biasName).data;
  let data = weight.data;
  if (context.folded !== undefined) {
    ({ weight: data, bias } = foldAffine(data, bias, affineOf(context.folded, context)));
  }
  const whole = mergeGroups({ shape: weight.shape, data }, node, merged);
  const names = [context.graph.weight(`${node.name}.weight`, whole.shape, whole.data)];
  if (bias !== undefined) names.push(context.graph.initializer(`${node.name}.bias`, [bias.length], bias));
  return names;
}

function conv2d(node: NodeOf<'conv2d'>, inputs: Inputs, context: InferenceContext): string {
  const attributes = convAttributesAnySize(node.attributes);
  if (attributes === undefined) {
    throw new IchorError({
      code: 'nn/same-padding',
      reason: `${node.name}: 'same' padding with both stride and dilation cannot be lowered for any input size`,
      remedy: 'give the padding in numbers',
    });
  }
  const merged = groupsOfBlock(node, context);
  const group = merged === 1 ? {} : { group: int(node.attributes.groups / merged) };
  return context.graph.node(
    'Conv',
    [...inputs, ...layerParameters(node, context, merged)],
    { ...attributes, ...group },
    { name: node.name },
  );
}

function linear(node: NodeOf<'linear'>, inputs: Inputs, context: InferenceContext): string {
  if (node.attributes.sequence) return sequenceLinear(node, inputs, context);
  const parameters = layerParameters(node, context);
  return context.graph.node('Gemm', [...inputs, ...parameters], { transB: int(1) }, { name: node.name });
}

/** [N, T, in]: the weights turned once, so that one product reads them. */
function sequenceLinear(
  node: NodeOf<'linear'>,
  inputs: Inputs,
  { graph, parameter }: InferenceContext,
): string {
  const { shape, data } = parameter(node.parameters['weight']);
  const [outputs = 0, features = 0] = shape;
  const turned = new Float32Array(data.length);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < features; i++) turned[i * outputs + o] = data[o * features + i]!;
  }
  const weight = graph.weight(`${node.name}.weight`, [features, outputs], turned);
  const biasName = node.parameters['bias'];
  if (biasName === undefined) return graph.node('MatMul', [...inputs, weight], {}, { name: node.name });
  const bias = graph.initializer(`${node.name}.bias`, [outputs], parameter(biasName).data);
  return graph.node('Add', [graph.node('MatMul', [...inputs, weight]), bias], {}, { name: node.name });
}

function batchNorm(node: NodeOf<'batchNorm'>, inputs: Inputs, context: InferenceContext): string {
  const { scale, shift } = affineOf(node, context);
  const channels = scale.length;
  const vector = (role: string, data: Float32Array) =>
    context.graph.initializer(`${node.name}.${role}`, [channels], data);
  // Mean 0 and variance 1 with no epsilon leave scale and shift: one form for every eps, exact in float64.
  const parameters = [
    vector('scale', Float32Array.from(scale)),
    vector('shift', Float32Array.from(shift)),
    vector('zeros', new Float32Array(channels)),
    vector('ones', new Float32Array(channels).fill(1)),
  ];
  return context.graph.node(
    'BatchNormalization',
    [...inputs, ...parameters],
    { epsilon: { kind: 'float', value: 0 } },
    { name: node.name },
  );
}

function averagePoolAttributes(node: NodeOf<'avgPool2d'>): OnnxAttributes {
  const { padding } = node.attributes;
  const padded = Object.values(padding).some((extent) => extent > 0);
  const counts = node.attributes.countIncludePad && padded;
  if (counts && dropsLastWindow(node.attributes)) {
    throw new IchorError({
      code: 'nn/ceil-pooling',
      reason: `${node.name}: counted padding, ceil mode and a stride beyond the kernel cannot be lowered together`,
      remedy: 'use a smaller stride or do not count the padding',
    });
  }
  return { ...poolAttributes(node.attributes), count_include_pad: int(counts ? 1 : 0) };
}

const unary =
  (op: string) =>
  (node: { readonly name: string }, inputs: Inputs, { graph }: InferenceContext): string =>
    graph.node(op, inputs, {}, { name: node.name });

/** ONNX operators of each operator in evaluation mode; returns the name of the output. */
export const inferenceRules: RuleTable<readonly [Inputs, InferenceContext], string> = {
  conv2d,
  linear,
  batchNorm,
  maxPool2d: (node, inputs, { graph }) =>
    graph.node('MaxPool', inputs, poolAttributes(node.attributes), { name: node.name }),
  avgPool2d: (node, inputs, { graph }) =>
    graph.node('AveragePool', inputs, averagePoolAttributes(node), { name: node.name }),
  globalAvgPool: unary('GlobalAveragePool'),
  add: unary('Add'),
  mul: unary('Mul'),
  concat: (node, inputs, { graph }) => graph.node('Concat', inputs, { axis: int(1) }, { name: node.name }),
  flatten: (node, inputs, { graph }) => graph.node('Flatten', inputs, { axis: int(1) }, { name: node.name }),
  layerNorm: (node, inputs, context) => {
    const vector = (role: string) => {
      const { shape, data } = context.parameter(node.parameters[role]);
      return context.graph.initializer(`${node.name}.${role}`, shape, data);
    };
    const attributes = { axis: int(-1), epsilon: float(node.attributes.eps) };
    const all = [...inputs, vector('weight'), vector('bias')];
    return context.graph.node('LayerNormalization', all, attributes, { name: node.name });
  },
  gru: recurrent,
  lstm: recurrent,
  maskedSoftmax: (node, [scores = '', mask = ''], { graph }) => {
    // 0 for existing steps, -1e9 for padding: its exponential is 0.
    const absent = graph.node('Sub', [graph.node('Unsqueeze', [mask, graph.integers([2])]), graph.number(1)]);
    const lowered = graph.node('Add', [scores, graph.node('Mul', [absent, graph.number(ABSENT)])]);
    return graph.node('Softmax', [lowered], { axis: int(1) }, { name: node.name });
  },
  sequenceSum: (node, inputs, { graph }) =>
    graph.node('ReduceSum', [...inputs, graph.integers([1])], { keepdims: int(0) }, { name: node.name }),
  ...elementwiseRules((operator, { name }, [x = ''], { graph }) => operator.inference(x, graph, { name })),
  ...noiseRules((_noise, _node, [x = '']) => x),
};

/** @throws IchorError `nn/parameter` for a missing name, `nn/parameter-shape` for another shape */
export function parameterReader(
  expected: ReadonlyMap<string, readonly number[]>,
  state: ReadonlyMap<string, Tensor>,
): InferenceContext['parameter'] {
  return (name = '') => {
    const tensor = state.get(name);
    const shape = expected.get(name);
    if (tensor === undefined || shape === undefined) {
      throw new IchorError({ code: 'nn/parameter', reason: `the state has no parameter "${name}"` });
    }
    if (tensor.shape.join() !== shape.join() || tensor.data.length !== elementCount(shape)) {
      throw new IchorError({
        code: 'nn/parameter-shape',
        reason: `parameter "${name}" expects [${shape.join(', ')}], received [${tensor.shape.join(', ')}]`,
      });
    }
    return tensor;
  };
}
