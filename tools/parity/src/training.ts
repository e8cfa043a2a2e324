import type { Network, StateDict, Tensor } from '@ichor/nn';
import type { Engine, TrainingSession } from '@ichor/runtime';
import {
  logitDeviation,
  median,
  middleDeviation,
  moments,
  normDeviation,
  relative,
  sumDeviation,
  worse,
} from './deviation.js';
import type { BackwardExpectation, TrainingFixture } from './fixture.js';
import { worstOf, type Measure } from './measure.js';
import { batchStatisticsLimits, FROZEN, type BackwardLimits } from './tolerance.js';
import { fixtureClassWeights, fixtureInput, fixtureTargets } from './weights.js';

/** Loss, logits, gradients and running statistics of one step; the same with frozen batch norm. */
export async function checkTraining(
  fixture: TrainingFixture,
  network: Network,
  state: StateDict,
  engine: Engine,
): Promise<Measure[]> {
  const { frozenBatchNorm, runningStats } = fixture.expected;
  const limits = batchStatisticsLimits(fixture);
  const model = { network, state };
  const measures = await withSession(fixture, model, engine, false, async (session, batch) => {
    const found = await checkBackward('', fixture.expected, fixture, limits, { session, batch });
    await session.step(batch, { learningRate: 0 });
    return [...found, checkRunningStats(runningStats, session.parameters(), limits.runningStats)];
  });
  if (frozenBatchNorm === undefined) return measures;
  const frozen = await withSession(fixture, model, engine, true, (session, batch) =>
    checkBackward('frozen ', frozenBatchNorm, fixture, FROZEN, { session, batch }),
  );
  return [...measures, ...frozen];
}

interface FixtureBatch {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly targets: Tensor;
}

async function withSession(
  { inputShape, classes }: TrainingFixture,
  { network, state }: { readonly network: Network; readonly state: StateDict },
  engine: Engine,
  frozenBatchNorm: boolean,
  check: (session: TrainingSession, batch: FixtureBatch) => Promise<Measure[]>,
): Promise<Measure[]> {
  const session = await engine.training(network, state, {
    loss: { kind: 'bce', classWeights: fixtureClassWeights(classes) },
    optimizer: { kind: 'sgd' },
    frozenBatchNorm,
  });
  try {
    return await check(session, {
      inputs: { image: fixtureInput(inputShape) },
      targets: fixtureTargets(inputShape[0], classes),
    });
  } finally {
    await session.dispose();
  }
}

async function checkBackward(
  prefix: string,
  expected: BackwardExpectation,
  fixture: TrainingFixture,
  limits: BackwardLimits,
  { session, batch }: { readonly session: TrainingSession; readonly batch: FixtureBatch },
): Promise<Measure[]> {
  const { loss, logits, gradients } = await session.gradients(batch);
  const norms = new Map<string, number>();
  const values = new Map<string, number>();
  const zeros = new Map<string, number>();
  const largest = Math.sqrt(Math.max(...Object.values(expected.gradients).map(([, squares]) => squares)));
  const zeroGradients = new Set(fixture.expected.zeroGradients);
  for (const [name, triple] of Object.entries(expected.gradients)) {
    const actual = gradients.get(name)?.data;
    // With running statistics nothing cancels: the zeros are zero only for batch statistics.
    if (prefix === '' && zeroGradients.has(name)) {
      zeros.set(name, actual === undefined ? Infinity : Math.sqrt(moments(actual).squares) / largest);
      continue;
    }
    norms.set(name, actual === undefined ? Infinity : normDeviation(actual, triple[1]));
    values.set(
      name,
      actual === undefined ? Infinity : worse(sumDeviation(actual, triple), middleDeviation(actual, triple)),
    );
  }
  const measures: Measure[] = [
    { name: `${prefix}loss`, deviation: relative(loss, expected.loss), limit: limits.loss },
    { name: `${prefix}logits`, deviation: logitDeviation(logits, expected.logits), limit: limits.logits },
    worstOf(`${prefix}gradient norms`, limits.gradientNormMax, norms),
    {
      name: `${prefix}gradient norms (median)`,
      deviation: median([...norms.values()]),
      limit: limits.gradientNormMedian,
    },
    {
      name: `${prefix}gradient values (median)`,
      deviation: median([...values.values()]),
      limit: limits.gradientValueMedian,
    },
  ];
  if (zeros.size > 0) measures.push(worstOf(`${prefix}zero gradients`, limits.gradientNormMax, zeros));
  return measures;
}

function checkRunningStats(
  expected: Readonly<Record<string, readonly [number, number]>>,
  parameters: StateDict,
  limit: number,
): Measure {
  const deviations = new Map(
    Object.entries(expected).map(([name, [sum, squares]]) => {
      const actual = parameters.get(name)?.data;
      if (actual === undefined) return [name, Infinity];
      return [name, worse(sumDeviation(actual, [sum, squares]), normDeviation(actual, squares))];
    }),
  );
  return worstOf('running statistics', limit, deviations);
}
