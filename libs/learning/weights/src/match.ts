import {
  elementCount,
  type Network,
  type Parameter,
  type Shape,
  type StateDict,
  type Tensor,
} from '@ichor/nn';
import { classifierParameters, classifierPath, firstConvolutionWeights } from './landmarks.js';
import { WeightsError } from './error.js';

/** How a first convolution of other channel count is made from the published one. */
export type ChannelRule =
  /** The published channels, repeated: three copies of RGB for nine channels. Activations grow with the copies. */
  | 'repeat'
  /** The same, divided by the number of copies, so that equal images in all groups give equal activations. */
  | 'repeat-scaled'
  | 'refuse';

export interface MatchOptions {
  /** Values for what the tensors do not give, e.g. `initialize(network, seed)`. */
  readonly initial?: StateDict;
  /** Default `repeat`, as section 4 of the original pipeline has it; not scaled. */
  readonly channels?: ChannelRule;
  /**
   * Module path of the classifier in the file, e.g. `fc`, where it differs from the network's; the registry of
   * backbones knows it for published files.
   */
  readonly classifier?: string;
  /**
   * New name of a tensor, or undefined to drop it; old dense layers have their new names already.
   * Default: names stay.
   */
  readonly rename?: (name: string) => string | undefined;
  /** Refuse if any parameter is missing, classifier included. Use it for weights saved from this network. Default false. */
  readonly strict?: boolean;
  /** The file, for messages. */
  readonly file?: string;
}

export interface AdaptedTensor {
  readonly name: string;
  readonly from: Shape;
  readonly to: Shape;
  readonly how: 'channels repeated' | 'channels repeated and scaled' | 'reshaped';
}

export interface MatchReport {
  /** Parameters taken as they are. */
  readonly matched: readonly string[];
  /** Parameters taken in another shape. */
  readonly adapted: readonly AdaptedTensor[];
  /** Classifier parameters of another number of classes: the initial values stay. */
  readonly replaced: readonly { readonly name: string; readonly found: Shape; readonly expected: Shape }[];
  /** Parameters without a tensor: the initial values stay. */
  readonly missing: readonly string[];
  /** Tensors without a parameter. */
  readonly dropped: readonly string[];
}

/**
 * Assigns tensors to the parameters of a network by name.
 *
 * A classifier of another size (or a missing one) keeps its initial values, a first convolution of another channel count is
 * made by `channels`, anything else must have the right shape. `num_batches_tracked` counters are ignored.
 *
 * @returns a complete state when `initial` is given, else what was found; and what happened to each name
 * @throws WeightsError `weights/shape`, `weights/nothing-matched`, with `strict` also `weights/missing`
 */
export function matchWeights(
  network: Network,
  tensors: StateDict,
  options: MatchOptions = {},
): { readonly state: StateDict; readonly report: MatchReport } {
  const where = options.file === undefined ? {} : { file: options.file };
  const { offered, dropped } = offeredTensors(tensors, renaming(network, options));
  const { state, ...laid } = layOut(network, offered, options, where);
  const report = { ...laid, dropped: [...dropped, ...offered.keys()] };
  refuseStrangers(network, report, options.strict === true, where);
  return { state, report };
}

/** Tensors by the names that they have in the network; names that were dropped. */
function offeredTensors(tensors: StateDict, rename: (name: string) => string | undefined) {
  const offered = new Map<string, Tensor>();
  const dropped: string[] = [];
  for (const [name, tensor] of tensors) {
    if (name.endsWith('.num_batches_tracked')) continue;
    const renamed = rename(name);
    if (renamed === undefined) dropped.push(name);
    else offered.set(renamed, tensor);
  }
  return { offered, dropped };
}

type Where = { readonly file?: string };

/** Gives each parameter its tensor, which is taken out of `offered`. @throws WeightsError `weights/shape` */
function layOut(
  network: Network,
  offered: Map<string, Tensor>,
  { initial, strict = false, channels = 'repeat' }: MatchOptions,
  where: Where,
) {
  const classifier = classifierParameters(network);
  const firstConvolutions = firstConvolutionWeights(network);
  const matched: string[] = [];
  const adapted: AdaptedTensor[] = [];
  const replaced: { name: string; found: Shape; expected: Shape }[] = [];
  const missing: string[] = [];
  const state = new Map<string, Tensor>();
  for (const parameter of network.parameters) {
    const { name, shape } = parameter;
    const tensor = offered.get(name);
    offered.delete(name);
    const fallback = initial?.get(name);
    if (fallback !== undefined) state.set(name, fallback);
    if (tensor === undefined) {
      missing.push(name);
    } else if (sameShape(tensor.shape, shape)) {
      state.set(name, tensor);
      matched.push(name);
    } else if (classifier.has(name) && !strict) {
      replaced.push({ name, found: tensor.shape, expected: shape });
    } else {
      const rule = firstConvolutions.has(name) && !strict ? channels : 'refuse';
      const fitted = fit(tensor, parameter, rule);
      if (fitted === undefined) throw wrongShape(network, parameter, tensor, where);
      state.set(name, fitted.tensor);
      adapted.push({ name, from: tensor.shape, to: shape, how: fitted.how });
    }
  }
  return { state, matched, adapted, replaced, missing };
}

/** @throws WeightsError `weights/nothing-matched`, with `strict` also `weights/missing` */
function refuseStrangers(
  network: Network,
  { matched, adapted, missing, dropped }: MatchReport,
  strict: boolean,
  where: Where,
): void {
  if (matched.length + adapted.length === 0) {
    throw new WeightsError({
      code: 'weights/nothing-matched',
      ...where,
      reason: `no tensor has the name of a parameter of ${network.name}; expected ${sample(missing)}, found ${sample(dropped)}`,
      remedy: 'choose the weights of this network',
    });
  }
  if (strict && missing.length > 0) {
    throw new WeightsError({
      code: 'weights/missing',
      ...where,
      reason: `${missing.length} parameters of ${network.name} are missing: ${sample(missing)}`,
      remedy: 'choose weights that were saved from this network',
    });
  }
}

/** A report in one line of text, with the names where they are few. */
export function describeMatch(report: MatchReport): string {
  const { matched, adapted, replaced, missing, dropped } = report;
  const parts = [`${matched.length} tensors matched`];
  for (const { name, from, to, how } of adapted) parts.push(`${name} ${how} [${from}] to [${to}]`);
  if (replaced.length > 0) {
    parts.push(`classifier of ${replaced[0]?.found[0]} classes replaced by initial values`);
  }
  if (missing.length > 0) parts.push(`${missing.length} missing (${sample(missing)})`);
  if (dropped.length > 0) parts.push(`${dropped.length} dropped (${sample(dropped)})`);
  return parts.join('; ');
}

/** Layers inside a dense layer were named `norm.1` before PyTorch 0.4, now `norm1`. */
const OLD_DENSE_LAYER = /(denselayer\d+\.(?:norm|relu|conv))\.(\d\.)/;

function renaming(network: Network, options: MatchOptions): (name: string) => string | undefined {
  const { classifier, rename = (name: string) => name } = options;
  const ours = classifierPath(network);
  return (name) => {
    const renamed = rename(name.replace(OLD_DENSE_LAYER, '$1$2'));
    return classifier !== undefined && renamed?.startsWith(`${classifier}.`) === true && ours !== undefined
      ? `${ours}${renamed.slice(classifier.length)}`
      : renamed;
  };
}

function fit(
  tensor: Tensor,
  parameter: Parameter,
  rule: ChannelRule,
): { tensor: Tensor; how: AdaptedTensor['how'] } | undefined {
  const { shape } = parameter;
  // Older files hold pointwise convolutions as matrices.
  if (
    sameShape(squeeze(tensor.shape), squeeze(shape)) &&
    elementCount(tensor.shape) === elementCount(shape)
  ) {
    return { tensor: { shape, data: tensor.data }, how: 'reshaped' };
  }
  const [out, channels, ...kernel] = shape;
  const [foundOut, foundChannels, ...foundKernel] = tensor.shape;
  if (rule === 'refuse' || parameter.kind !== 'convWeight') return undefined;
  if (out === undefined || out !== foundOut) return undefined;
  if (!sameShape(kernel, foundKernel) || channels === undefined || !foundChannels) return undefined;
  const factor = rule === 'repeat-scaled' ? foundChannels / channels : 1;
  const plane = elementCount(kernel);
  const data = new Float32Array(elementCount(shape));
  for (let o = 0; o < out; o++) {
    for (let c = 0; c < channels; c++) {
      const from = (o * foundChannels + (c % foundChannels)) * plane;
      const to = (o * channels + c) * plane;
      for (let i = 0; i < plane; i++) data[to + i] = tensor.data[from + i]! * factor;
    }
  }
  const how = rule === 'repeat' ? 'channels repeated' : 'channels repeated and scaled';
  return { tensor: { shape, data }, how };
}

function wrongShape(
  network: Network,
  { name, shape }: Parameter,
  tensor: Tensor,
  where: Where,
): WeightsError {
  return new WeightsError({
    code: 'weights/shape',
    ...where,
    reason: `${name} of ${network.name} has the shape [${shape}], the file has [${tensor.shape}]`,
    remedy: 'choose the weights of this network',
  });
}

const squeeze = (shape: Shape) => shape.filter((size) => size !== 1);

function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

function sample(names: readonly string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')}, ... ${names.length} in all`;
}
