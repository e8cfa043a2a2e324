import { initialize, isLearned, type Tensor } from '@ichor/nn';
import { createEngine, type Engine } from '@ichor/runtime';
import { beforeAll, describe, expect, it } from 'vitest';
import { createBackbone } from './create.js';
import { backbones } from './registry.js';

/** The smallest sides that leave a pixel for the last layer; the inception networks do not pad their first layers. */
const smallest = (id: string): number => (id.startsWith('inception') ? 75 : 32);

/** Two different pictures, the same in every run. */
const pictures = (rows: number, columns: number): Tensor => ({
  shape: [2, 3, rows, columns],
  data: Float32Array.from({ length: 6 * rows * columns }, (_, i) => Math.sin(i * 0.37 + (i % 7))),
});

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine('onnxruntime');
});

describe.each(backbones)('$id', ({ id, features }) => {
  it('gives finite outputs at two sizes, and a finite gradient for every parameter', async () => {
    // Nothing is dropped by chance, which would leave parameters without a gradient.
    const network = createBackbone(id, { classes: 6, dropout: 0, dropConnect: 0 });
    const session = await engine.training(network, initialize(network, 1), {
      loss: { kind: 'bce' },
      optimizer: { kind: 'sgd' },
      seed: 1,
    });
    const side = smallest(id);
    for (const [rows, columns] of [
      [side, side],
      [side + 16, side],
    ] as const) {
      const outputs = await session.predict({ image: pictures(rows, columns) });
      expect(outputs['logits']?.shape).toEqual([2, 6]);
      expect(outputs['features']?.shape).toEqual([2, features]);
      for (const { data } of Object.values(outputs)) expect(data.every(Number.isFinite)).toBe(true);
    }

    const { loss, gradients } = await session.gradients({
      inputs: { image: pictures(side, side) },
      targets: { shape: [2, 6], data: Float32Array.of(1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 1) },
    });
    expect(loss).toBeGreaterThan(0);
    const learned = network.parameters.filter(isLearned).map(({ name }) => name);
    expect([...gradients.keys()].sort()).toEqual([...learned].sort());
    const wrong = learned.filter((name) => {
      const { data } = gradients.get(name)!;
      return !data.every(Number.isFinite) || data.every((value) => value === 0);
    });
    expect(wrong, 'parameters without a gradient').toEqual([]);
    await session.dispose();
  });
});
