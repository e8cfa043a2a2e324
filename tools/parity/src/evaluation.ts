import type { Network, StateDict } from '@ichor/nn';
import type { Engine } from '@ichor/runtime';
import { logitDeviation, moments, middleDeviation, relative, sumDeviation, worse } from './deviation.js';
import type { EvaluationFixture } from './fixture.js';
import { worstOf, type Measure } from './measure.js';
import { LOGITS, STAGES } from './tolerance.js';
import { fixtureInput } from './weights.js';

/** Logits and the outputs of intermediate modules, with running statistics. */
export async function checkEvaluation(
  fixture: EvaluationFixture,
  network: Network,
  state: StateDict,
  engine: Engine,
): Promise<Measure[]> {
  const { logits: expected, stages } = fixture.expected;
  const session = await engine.inference(network, state, {
    outputs: ['logits', ...stages.map((stage) => stage.module)],
  });
  try {
    const outputs = await session.run({ image: fixtureInput(fixture.inputShape) });
    const { logits } = outputs;
    const measures: Measure[] = [
      {
        name: 'logits',
        deviation: logits === undefined ? Infinity : logitDeviation(logits, expected),
        limit: LOGITS,
      },
    ];
    if (stages.length === 0) return measures;
    const deviations = new Map(
      stages.map(({ module, shape, values }) => {
        const actual = outputs[module];
        if (actual === undefined || actual.shape.join() !== shape.join()) return [module, Infinity];
        return [
          module,
          worse(
            worse(sumDeviation(actual.data, values), middleDeviation(actual.data, values)),
            relative(moments(actual.data).squares, values[1]),
          ),
        ];
      }),
    );
    return [...measures, worstOf('stages', STAGES, deviations)];
  } finally {
    await session.dispose();
  }
}
