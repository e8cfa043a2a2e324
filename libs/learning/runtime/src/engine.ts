import type { LossKind, Network, Precision, Ranges, StateDict, Tensor } from '@ichor/nn';

export type EngineName = 'onnxruntime' | 'tfjs';
export type ProviderName = 'cpu' | 'cuda' | 'webgpu' | 'coreml' | 'dml' | 'node-gpu' | 'node' | 'js';

/** See {@link EngineOptions.operators}. */
export type Operators = 'public' | 'native';

export interface EngineOptions {
  /** Default: the first that works, fastest first. */
  readonly provider?: ProviderName | 'auto';
  /** Threads of one operator. Default: all cores. */
  readonly threads?: number;
  /**
   * Start of the paths of the files to which onnxruntime writes how long each node of a graph takes, one for each session, when it
   * is disposed. Measuring costs time itself. TensorFlow.js ignores it.
   */
  readonly profile?: string;
  /**
   * What training runs on. `public`: the operators of onnxruntime, everywhere. `native`: also those of a library that Ichor brings; faster, in onnxruntime on the
   * CPU in float32 only; a training that cannot have them is refused. Default: the variable ICHOR_OPERATORS, else `public`.
   */
  readonly operators?: Operators;
}

/** Runs networks on one provider of one library. */
export interface Engine {
  readonly name: EngineName;
  readonly provider: ProviderName;
  /** For the record of a run, such as `onnxruntime/cpu`; with native operators `onnxruntime/cpu/native`. */
  readonly description: string;
  inference(network: Network, state: StateDict, options?: InferenceOptions): Promise<InferenceSession>;
  /** @throws EngineError `runtime/operators` for native operators that cannot run here, `runtime/precision`, `runtime/state` */
  training(network: Network, state: StateDict, options: TrainingOptions): Promise<TrainingSession>;
  /** Undefined where the engine or its provider has no operators on bytes: all but the CPU of onnxruntime. */
  readonly eightBit: EightBitInference | undefined;
}

/** Inference in 8 bits: convolutions read and give bytes, by the ranges that their values had on some images. */
export interface EightBitInference {
  /** The network in float32, which tells the ranges of its values too. */
  observe(network: Network, state: StateDict, options?: InferenceOptions): Promise<ObservedSession>;
  /** @throws IchorError `nn/ranges` for ranges of another network */
  inference(
    network: Network,
    state: StateDict,
    ranges: Ranges,
    options?: InferenceOptions,
  ): Promise<InferenceSession>;
}

/** Beside the outputs of the network: `lowest` and `highest`, [N, values], numbers of each value for each image. */
export interface ObservedSession extends InferenceSession {
  readonly values: readonly string[];
}

export interface InferenceOptions {
  /** Outputs to compute; default: all of the network. */
  readonly outputs?: readonly string[];
}

/** Evaluation mode: running statistics, no dropout. Any batch size and input size, changing from call to call. */
export interface InferenceSession {
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  dispose(): Promise<void>;
}

export type Loss = LossKind;

interface WeightDecay {
  readonly weightDecay?: number;
  /**
   * What the decay acts on: all parameters, as PyTorch's optimizers do with one group; or the weights of layers alone, not
   * biases and norms. Default: `all`.
   */
  readonly decayOf?: 'all' | 'weights';
}

export type OptimizerConfig = WeightDecay & Update;

type Update =
  | {
      readonly kind: 'adam';
      readonly beta1?: number;
      readonly beta2?: number;
      readonly eps?: number;
    }
  /** Weight decay decoupled from the gradient (Loshchilov and Hutter 2019). */
  | {
      readonly kind: 'adamw';
      readonly beta1?: number;
      readonly beta2?: number;
      readonly eps?: number;
    }
  | {
      readonly kind: 'sgd';
      readonly momentum?: number;
      readonly nesterov?: boolean;
    };

export interface TrainingOptions {
  readonly loss: Loss;
  readonly optimizer: OptimizerConfig;
  /** The output that the loss reads. Default: `logits`. */
  readonly logits?: string;
  /** Which parameters move. Default: all learned ones. */
  readonly trainable?: (parameterName: string) => boolean;
  /** Batch norm with running statistics, which stay as they are. */
  readonly frozenBatchNorm?: boolean;
  /**
   * Of the operands of convolutions and products, forward and backward; parameters, norms, sums and the optimizer are float32.
   * Default: float32. On the CPU lower ones take longer: it computes in float32 and rounds.
   */
  readonly precision?: Precision;
  /** Seeds dropout and drop-connect; with the same seed the same step gives the same numbers. */
  readonly seed?: number;
}

export interface Batch {
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** bce: [N, classes] in 0..1, may be soft; crossEntropy: [N, classes] probabilities. */
  readonly targets: Tensor;
  /** With a weighted loss: the weight of each element, shaped as the targets. */
  readonly weights?: Tensor;
}

export interface StepOptions {
  readonly learningRate: number;
  /** Gradients are scaled down to this L2 norm over all parameters when they exceed it. */
  readonly maxGradientNorm?: number;
}

export interface StepResult {
  /** Mean over the samples of all micro-batches. */
  readonly loss: number;
  /** L2 norm over all trained parameters, before clipping. */
  readonly gradientNorm: number;
}

/**
 * A network under training. Not reentrant: await each call before the next one.
 */
export interface TrainingSession {
  /**
   * One optimizer step. Several batches are micro-batches of one: their gradients are averaged with the
   * weight of their sample counts before the update (batch norm sees each micro-batch by itself).
   *
   * @throws EngineError `runtime/batch`, `runtime/input`; `runtime/thread` when a thread of the optimizer ended within the step, after
   *   which the parameters are changed in part
   */
  step(batches: Batch | readonly Batch[], options: StepOptions): Promise<StepResult>;
  /**
   * Replaces the running statistics of the batch norms by their mean over the batches, with the current parameters: the values that
   * they would converge to if the parameters did not change. There is no optimizer step.
   */
  measureStatistics(batches: AsyncIterable<Batch>): Promise<void>;
  /** Loss and logits in training mode and the gradients, without an update; for tests and diagnostics. */
  gradients(batch: Batch): Promise<{
    readonly loss: number;
    readonly logits: Tensor;
    readonly gradients: StateDict;
  }>;
  /** Evaluation mode with the current parameters. */
  predict(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  /** Copies of all parameters and running statistics, named as in PyTorch. */
  parameters(): StateDict;
  /** All that a step depends on: `step(restore(save()))` equals an uninterrupted run, bit for bit. */
  save(): TrainingState;
  restore(state: TrainingState): void;
  dispose(): Promise<void>;
}

export interface TrainingState {
  readonly parameters: StateDict;
  /** Optimizer moments, keyed `<moment>/<parameter>`, e.g. `exp_avg/layer0.conv1.weight`. */
  readonly optimizer: StateDict;
  /** Optimizer steps taken; with the seed it determines every random mask. */
  readonly steps: number;
  readonly seed: number;
}
