import type * as tfjs from '@tensorflow/tfjs';
import { inferShapes, outputValue, randomValues, type MaskKey, type Network, type Tensor } from '@ichor/nn';
import { EngineError } from '../error.js';
import type { Batch, TrainingOptions } from '../engine.js';
import type { ParameterMemory } from '../optimizer/memory.js';
import type { MeasuredStatistics, ParameterStore } from '../training/parameter-store.js';
import type { GradientResult, GradientSource, ParameterAccess } from '../training/session.js';
import { checkInputs, forward } from './forward.js';
import { fromActivation } from './layout.js';
import { lossOf } from './loss.js';
import { reader } from './parameters.js';
import type { NormStatistics } from './context.js';
import { select, type TensorFlow, type TfjsProvider } from './tensorflow.js';

/** Forward and backward passes by the automatic differentiation of TensorFlow.js. */
export class TfjsGradients implements GradientSource {
  readonly #tf: TensorFlow;
  readonly #provider: TfjsProvider;
  readonly #network: Network;
  readonly #store: ParameterStore;
  readonly #memory: ParameterMemory;
  readonly #options: TrainingOptions;

  constructor(
    tf: TensorFlow,
    provider: TfjsProvider,
    network: Network,
    { store, memory }: ParameterAccess,
    options: TrainingOptions,
  ) {
    this.#tf = tf;
    this.#provider = provider;
    this.#network = network;
    this.#store = store;
    this.#memory = memory;
    this.#options = options;
  }

  async run(batch: Batch, key: Omit<MaskKey, 'value'>): Promise<GradientResult> {
    const tf = this.#tf;
    // Before anything is on the device: an error inside the differentiation would leave its tape there.
    checkInputs(this.#network, batch.inputs);
    this.#checkTargets(batch);
    await select(tf, this.#provider);
    const parameters = this.#upload();
    const trained = new Map([...parameters].filter(([name]) => this.#store.trains(name)));
    const statistics: NormStatistics[] = [];
    let logits: tfjs.Tensor | undefined;
    try {
      const { value, grads } = tf.variableGrads(() => {
        const prediction = this.#predict(batch, key, parameters, statistics);
        logits = tf.keep(prediction.clone());
        return lossOf(tf, this.#options.loss, prediction, {
          targets: toTensor(tf, batch.targets),
          weights: batch.weights && toTensor(tf, batch.weights),
        });
      }, [...trained.values()]);
      const [loss = NaN] = await value.data();
      value.dispose();
      for (const [name, variable] of trained) {
        const gradient = grads[variable.name];
        const target = this.#memory.view('gradients', name);
        // A parameter that the logits do not depend on has none.
        if (gradient === undefined) target.fill(0);
        else target.set(await gradient.data<'float32'>());
        gradient?.dispose();
      }
      if (logits === undefined)
        throw new EngineError({ code: 'runtime/output', reason: 'there are no logits' });
      return {
        loss,
        logits: await fromActivation(tf, logits),
        statistics: await Promise.all(statistics.map(measured)),
      };
    } finally {
      logits?.dispose();
      for (const { mean, variance } of statistics) tf.dispose([mean, variance]);
      for (const variable of parameters.values()) variable.dispose();
    }
  }

  async dispose(): Promise<void> {
    // Nothing stays on the device between runs.
  }

  #upload(): ReadonlyMap<string, tfjs.Variable> {
    const tf = this.#tf;
    const variables = new Map<string, tfjs.Variable>();
    for (const { name } of this.#network.parameters) {
      const { shape, data } = this.#store.tensor(name);
      const variable = tf.tidy(() => tf.variable(toTensor(tf, { shape, data })));
      variables.set(name, variable);
    }
    return variables;
  }

  #predict(
    batch: Batch,
    key: Omit<MaskKey, 'value'>,
    parameters: ReadonlyMap<string, tfjs.Tensor>,
    statistics: NormStatistics[],
  ): tfjs.Tensor {
    const tf = this.#tf;
    const { logits = 'logits', frozenBatchNorm = false } = this.#options;
    const [prediction] = forward(this.#network, batch.inputs, [outputValue(this.#network, logits)], {
      tf,
      parameter: reader(parameters),
      training: {
        frozenBatchNorm,
        statistics: ({ mean, variance, ...rest }) => {
          statistics.push({ ...rest, mean: tf.keep(mean.clone()), variance: tf.keep(variance.clone()) });
        },
        random: (value, randomness, shape) =>
          tf.tensor(randomValues({ ...key, value }, randomness, shape), [...shape]),
      },
    });
    if (prediction === undefined) {
      throw new EngineError({ code: 'runtime/output', reason: `"${logits}" is missing` });
    }
    return prediction;
  }

  #checkTargets({ inputs, targets }: Batch): void {
    const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
    const logits = outputValue(this.#network, this.#options.logits ?? 'logits');
    const expected = inferShapes(this.#network, shapes).get(logits) ?? [];
    if (targets.shape.join() === expected.join()) return;
    throw new EngineError({
      code: 'runtime/input',
      reason: `"targets" expects [${expected.join(', ')}], received [${targets.shape.join(', ')}]`,
    });
  }
}

/** Copied: the plain backend keeps the array that it is given. */
function toTensor(tf: TensorFlow, { shape, data }: Tensor): tfjs.Tensor {
  return tf.tensor(data.slice(), [...shape]);
}

async function measured({ node, mean, variance, count }: NormStatistics): Promise<MeasuredStatistics> {
  const { running_mean: runningMean = '', running_var: runningVariance = '' } = node.parameters;
  const read = async (tensor: tfjs.Tensor): Promise<Tensor['data']> => tensor.data<'float32'>();
  return {
    runningMean,
    runningVariance,
    count,
    momentum: node.attributes.momentum,
    mean: await read(mean),
    variance: await read(variance),
  };
}
