import { describe, expect, it } from 'vitest';
import type { OptimizerConfig } from '../engine.js';
import { ParameterMemory } from './memory.js';
import { Optimizer, momentNames } from './optimizer.js';

/* Oracle: PyTorch 1.13, fixtures/make_optimizers.py. Tolerance: a few roundings of float32 numbers near 1. */
const TOLERANCE = 5e-7;
const start = [0.5, -1.25, 2, -0.75, 0.1];
const gradients = [
  [0.3, -0.2, 0.05, 1.5, -0.7],
  [-0.1, 0.4, 0.25, -2, 0.6],
  [0.2, 0.1, -0.3, 0.5, 0.05],
];

function steps(config: OptimizerConfig, maxGradientNorm?: number) {
  // Two parameters, so that the gap between them in the flat memory takes part.
  const memory = new ParameterMemory(
    [
      { name: 'a', shape: [2], kind: 'linearWeight' },
      { name: 'b', shape: [3, 1], kind: 'linearWeight' },
    ],
    momentNames(config).length,
  );
  const put = (section: 'parameters' | 'gradients', values: readonly number[]) => {
    memory.view(section, 'a').set(values.slice(0, 2));
    memory.view(section, 'b').set(values.slice(2));
  };
  put('parameters', start);
  const optimizer = new Optimizer(config, memory);
  const norms = gradients.map((row, i) => {
    put('gradients', row);
    const step = { learningRate: 0.1, ...(maxGradientNorm === undefined ? {} : { maxGradientNorm }) };
    return optimizer.update(i + 1, step);
  });
  return { parameters: [...memory.view('parameters', 'a'), ...memory.view('parameters', 'b')], norms };
}

/** Numbers around zero that differ from step to step. */
function fill(values: Float32Array, step: number): void {
  for (let i = 0; i < values.length; i++) values[i] = ((i * (7919 + step)) % 1000) / 1000 - 0.5;
}

const cases: readonly (readonly [string, OptimizerConfig, readonly number[]])[] = [
  ['adam', { kind: 'adam' }, [0.299669504, -1.228175402, 1.819494486, -0.828517795, 0.200829506]],
  [
    'adam with decay, other betas and eps',
    { kind: 'adam', beta1: 0.8, beta2: 0.95, eps: 1e-4, weightDecay: 0.02 },
    [0.299828261, -1.222546101, 1.803153753, -0.81904912, 0.189055279],
  ],
  [
    'adamw',
    { kind: 'adamw', weightDecay: 0.05 },
    [0.293404579, -1.210333586, 1.791072369, -0.816423237, 0.198327392],
  ],
  ['sgd', { kind: 'sgd' }, [0.459999979, -1.279999971, 2, -0.75, 0.104999997]],
  [
    'sgd with momentum and decay',
    { kind: 'sgd', momentum: 0.9, weightDecay: 0.01 },
    [0.415001363, -1.274829507, 1.95778358, -0.821926177, 0.169933543],
  ],
  [
    'sgd, Nesterov',
    { kind: 'sgd', momentum: 0.9, nesterov: true },
    [0.385929972, -1.308620095, 1.972054958, -0.818849981, 0.168629989],
  ],
];

describe('Optimizer', () => {
  it.each(cases)('takes the steps of PyTorch: %s', (_name, config, expected) => {
    const { parameters } = steps(config);
    parameters.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(TOLERANCE));
  });

  it('clips the norm over all parameters and returns the norm before clipping', () => {
    const { parameters, norms } = steps({ kind: 'adam' }, 1);
    const expected = [0.283147037, -1.222569704, 1.845255136, -0.859547973, 0.21783708];
    parameters.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(TOLERANCE));
    [1.69484508, 2.143012047, 0.626498222].forEach((norm, i) => expect(norms[i]).toBeCloseTo(norm, 6));
  });

  it.each<OptimizerConfig>([
    { kind: 'adamw', weightDecay: 0.05 },
    { kind: 'sgd', momentum: 0.9 },
  ])('takes the same steps on several threads, to the last bit: $kind', (config) => {
    // Not whole chunks, and some of the parameters do not decay.
    const parameters = [
      { name: 'w', shape: [1021, 1031], kind: 'linearWeight' },
      { name: 'b', shape: [200_003], kind: 'bias' },
    ] as const;
    const [one, several] = [1, 3].map((threads) => {
      const memory = new ParameterMemory(
        parameters,
        momentNames(config).length,
        ({ kind }) => kind !== 'bias',
        threads,
      );
      fill(memory.flat('parameters'), 1);
      const optimizer = new Optimizer(config, memory);
      const norms = [1, 2, 3].map((step) => {
        fill(memory.flat('gradients'), step);
        return optimizer.update(step, { learningRate: 0.1, maxGradientNorm: 5 });
      });
      optimizer.dispose();
      return { memory, norms };
    });
    expect([one!.memory.threads, several!.memory.threads]).toEqual([1, 3]);
    expect(several!.norms).toEqual(one!.norms);
    const [a, b] = [one!, several!].map(({ memory }) =>
      Buffer.from(memory.flat('parameters').slice().buffer),
    );
    expect(a!.equals(b!)).toBe(true);
  });
});
