import { IchorError } from '@ichor/files/error';
import { countUses, liveNodes } from '../inference/fold.js';
import { outputValue } from '../inference/lower.js';
import type { Network, NetworkNode, ValueId } from '../network.js';
import { poolsLast } from '../pools-last.js';
import { applyRule } from '../rules.js';
import type { Precision } from '../precision.js';
import { inferShapes, shapeOf } from '../shapes/infer.js';
import { elementCount, type Shape } from '../tensor.js';
import type { BatchStatistics, Lowered, RandomInput, TrainingContext } from './context.js';
import { Emitter, type Dialect, type Value } from './emitter.js';
import { GradientSum } from './gradient-sum.js';
import { operand } from './operand.js';
import { isPartOfNorm, passedOn, rectifiedNorms } from './rectified-norms.js';
import { lowerLoss, type LossKind } from './loss.js';
import { trainingRules } from './rules.js';

export interface TrainingLowering {
  readonly loss: LossKind;
  /** The output that the loss reads. */
  readonly logits: string;
  /** Whether the optimizer moves a parameter. */
  readonly trainable: (parameterName: string) => boolean;
  readonly frozenBatchNorm: boolean;
  /** Default: `portable`. */
  readonly dialect?: Dialect;
  /** Of the operands of products, forward and backward; the rest is float32. Default: float32. */
  readonly precision?: Precision | undefined;
  /** Whether the provider multiplies in float16; without it, and with bf16, operands are rounded and multiplied in float32. */
  readonly halfProducts?: boolean | undefined;
  /** Whether an empty sequence is the first output, see {@link TrainingGraph.sequence}. */
  readonly withSequence?: boolean;
  /** Norms of concatenations of so many numbers, and their ReLU, are computed again for the gradients, not kept. Default: 2^21 */
  readonly repeatFrom?: number;
  /** Channels of a block of the CPU provider's NCHWc operators; without it they are not used. */
  readonly channelBlock?: number;
}

/** A tensor that is an input or output of the training graph with the name `port`. */
export interface Port {
  readonly port: string;
  readonly shape: Shape;
}

export interface StatisticsPorts extends Pick<
  BatchStatistics,
  'runningMean' | 'runningVariance' | 'count' | 'momentum'
> {
  readonly channels: number;
  readonly meanPort: string;
  readonly variancePort: string;
}

/** Forward and backward pass of one batch as one ONNX model. */
export interface TrainingGraph {
  readonly model: Uint8Array;
  /** Network inputs by name. */
  readonly inputs: ReadonlyMap<string, Port>;
  /** Parameters by name that go in. */
  readonly parameters: ReadonlyMap<string, Port>;
  readonly targets: Port;
  /** Of each element of the loss, where the loss is weighted. */
  readonly weights: Port | undefined;
  /** [1], with `float16`: what all gradients are multiplied by, so that small ones are not lost. */
  readonly lossScale: Port | undefined;
  /** Drawn again for each step. */
  readonly random: readonly RandomInput[];
  /** [1] */
  readonly loss: Port;
  readonly logits: Port;
  /** By parameter name; the numbers are in the order of the parameter, the shape may be another one. */
  readonly gradients: ReadonlyMap<string, Port>;
  readonly statistics: readonly StatisticsPorts[];
  /** Output before all others that is no tensor: for a caller that must keep its engine from copying outputs. */
  readonly sequence: string | undefined;
}

/**
 * Lowers a network to its training graph for one shape of each input.
 *
 * @throws IchorError `nn/output`, `nn/shape`, `nn/parameter`
 */
export function lowerTraining(
  network: Network,
  inputShapes: Readonly<Record<string, Shape>>,
  lowering: TrainingLowering,
): TrainingGraph {
  const logits = outputValue(network, lowering.logits);
  const nodes = poolsLast(network, liveNodes(network, [logits]), [logits]);
  const shapes = inferShapes(network, inputShapes);
  const emit = new Emitter(lowering.dialect ?? 'portable', lowering);
  const read = countUses(nodes, [logits]);
  const fuses = emit.dialect === 'native' && !lowering.frozenBatchNorm;
  const rectified = fuses ? rectifiedNorms(nodes, read, shapes) : new Set<ValueId>();
  const { context, parameters, gradients, statistics, random } = collector(
    network,
    emit,
    lowering,
    rectified,
  );

  const { values, inputs } = inputsOf(network, emit, (value) =>
    read.has(value) ? shapeOf(shapes, value) : undefined,
  );
  const lowered = forward(nodes, values, context);
  const prediction = valueOf(values, logits);
  const { targets, weights, loss } = lossOf(emit, lowering.loss, prediction);
  const lossScale = emit.precision === 'float16' ? emit.input('loss scale', [1]) : undefined;
  const gradient = lossScale === undefined ? loss.gradient : emit.mul(loss.gradient, lossScale);
  backward(emit, lowered, logits, gradient, lowering.trainable);

  const sequence = lowering.withSequence ? 'sequence' : undefined;
  if (sequence !== undefined) emit.graph.emptySequence(sequence);
  emit.output('loss', loss.loss);
  emit.output('logits', prediction);
  // A graph copies what it reshapes last: outputs keep the shape of the product that made them.
  const made = [...gradients].map(([name, value]) => [name, emit.asMade(value)] as const);
  for (const [name, value] of made) emit.output(`gradient:${name}`, value);
  const statisticsPorts = statistics.map((entry) => statisticsOutputs(emit, entry));
  return {
    model: emit.graph.encode(`${network.name} training`),
    inputs,
    parameters,
    targets: { port: 'targets', shape: targets.shape },
    weights: weights && { port: 'weights', shape: weights.shape },
    lossScale: lossScale && { port: 'loss scale', shape: [1] },
    random,
    loss: { port: 'loss', shape: [1] },
    logits: { port: 'logits', shape: prediction.shape },
    gradients: new Map(made.map(([name, { shape }]) => [name, { port: `gradient:${name}`, shape }])),
    statistics: statisticsPorts,
    sequence,
  };
}

/** The context that the rules write to, and what they have written. */
function collector(
  network: Network,
  emit: Emitter,
  lowering: TrainingLowering,
  rectified: ReadonlySet<ValueId>,
) {
  const parameters = new Map<string, Port>();
  const gradients = new Map<string, Value>();
  const statistics: BatchStatistics[] = [];
  const random: RandomInput[] = [];
  const context: TrainingContext = {
    emit,
    frozenBatchNorm: lowering.frozenBatchNorm,
    rectified: (norm) => rectified.has(norm),
    parameter: parameterInputs(network, emit, parameters),
    learns: (name) => name !== undefined && lowering.trainable(name),
    gradient: (name = '', value) => {
      const before = gradients.get(name);
      gradients.set(name, before === undefined ? value : emit.add(before, value));
    },
    statistics: (entry) => statistics.push(entry),
    random: (value, randomness, shape) => {
      const name = `random:${value}`;
      random.push({ name, shape, randomness, value });
      return emit.input(name, shape);
    },
  };
  return { context, parameters, gradients, statistics, random };
}

/** @param shapeOfRead of an input that is read, undefined for one that is not */
function inputsOf(network: Network, emit: Emitter, shapeOfRead: (value: ValueId) => Shape | undefined) {
  const values = new Map<ValueId, Value>();
  const inputs = new Map<string, Port>();
  for (const { name, value } of network.inputs) {
    const shape = shapeOfRead(value);
    if (shape === undefined) continue;
    values.set(value, emit.input(`input:${name}`, shape));
    inputs.set(name, { port: `input:${name}`, shape });
  }
  return { values, inputs };
}

interface LoweredNode {
  readonly node: NetworkNode;
  readonly result: Lowered;
}

/** Lowers the nodes in their order and adds their outputs to `values`. */
function forward(
  nodes: readonly NetworkNode[],
  values: Map<ValueId, Value>,
  context: TrainingContext,
): LoweredNode[] {
  return nodes.map((node) => {
    const operands = node.inputs.map((value) => valueOf(values, value));
    const result = isPartOfNorm(node, context)
      ? passedOn(operand(operands, 0))
      : applyRule(trainingRules, node, operands, context);
    values.set(node.output, result.output);
    return { node, result };
  });
}

/** The loss of the prediction, with the inputs that it compares with. */
function lossOf(emit: Emitter, kind: LossKind, prediction: Value) {
  const targets = emit.input('targets', prediction.shape);
  const weighted = kind.kind === 'bce' && kind.weighted === true;
  const weights = weighted ? emit.input('weights', prediction.shape) : undefined;
  return { targets, weights, loss: lowerLoss(emit, kind, prediction, targets, weights) };
}

function statisticsOutputs(emit: Emitter, { mean, variance, ...entry }: BatchStatistics): StatisticsPorts {
  const meanPort = `mean:${entry.runningMean}`;
  const variancePort = `variance:${entry.runningVariance}`;
  emit.output(meanPort, mean);
  emit.output(variancePort, variance);
  return { ...entry, channels: elementCount(mean.shape), meanPort, variancePort };
}

function backward(
  emit: Emitter,
  lowered: readonly LoweredNode[],
  logits: ValueId,
  gradient: Value,
  trainable: (name: string) => boolean,
): void {
  // A value needs a gradient when some parameter before it moves.
  const needed = new Set<ValueId>();
  for (const { node } of lowered) {
    const moves = Object.values(node.parameters).some(trainable);
    if (moves || node.inputs.some((value) => needed.has(value))) needed.add(node.output);
  }
  const sums = new Map<ValueId, GradientSum>([[logits, new GradientSum(emit, gradient)]]);
  for (const { node, result } of lowered.toReversed()) {
    const incoming = sums.get(node.output);
    if (incoming === undefined || !needed.has(node.output)) continue;
    sums.delete(node.output);
    const wanted = node.inputs.map((value) => needed.has(value));
    const { gradient, missing } = incoming.read(result.output, result);
    result.backward(gradient, wanted, missing).forEach((part, i) => {
      const value = node.inputs[i];
      if (part === undefined || value === undefined || !wanted[i]) return;
      const sum = sums.get(value);
      if (sum === undefined) sums.set(value, new GradientSum(emit, part));
      else sum.add(part);
    });
  }
}

function parameterInputs(
  network: Network,
  emit: Emitter,
  ports: Map<string, Port>,
): TrainingContext['parameter'] {
  const known = new Map(network.parameters.map(({ name, shape }) => [name, shape]));
  return (name = '') => {
    const shape = known.get(name);
    if (shape === undefined) {
      throw new IchorError({ code: 'nn/parameter', reason: `${network.name} has no parameter "${name}"` });
    }
    const port = `parameter:${name}`;
    if (!ports.has(name)) {
      ports.set(name, { port, shape });
      emit.input(port, shape);
    }
    return { name: port, shape };
  };
}

function valueOf(values: ReadonlyMap<ValueId, Value>, id: ValueId): Value {
  const value = values.get(id);
  if (value === undefined) throw new IchorError({ code: 'nn/value', reason: `value ${id} is not computed` });
  return value;
}
