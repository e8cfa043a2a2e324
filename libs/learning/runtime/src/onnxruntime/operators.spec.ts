import { NetworkBuilder, initialize } from '@ichor/nn';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEngine } from '../create-engine.js';
import type { EngineOptions, TrainingOptions } from '../engine.js';
import { chosenOperators } from './operators.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

const refused = expect.objectContaining({ code: 'runtime/operators' }) as unknown;

describe('the operators of training', () => {
  it('are the option, else the variable, else public', () => {
    expect(chosenOperators({})).toBe('public');
    vi.stubEnv('ICHOR_OPERATORS', 'native');
    expect(chosenOperators({})).toBe('native');
    expect(chosenOperators({ operators: 'public' })).toBe('public');
  });

  it('are refused when unknown', async () => {
    vi.stubEnv('ICHOR_OPERATORS', 'fast');
    expect(() => chosenOperators({})).toThrow(/no operators "fast" \(choose one of public, native/);
    await expect(createEngine('onnxruntime', { provider: 'cpu' })).rejects.toEqual(refused);
    await expect(createEngine('tfjs', { provider: 'js' })).rejects.toEqual(refused);
  });

  it.each([
    ['tfjs', { provider: 'js' }, {}],
    ['onnxruntime', { provider: 'cpu' }, { precision: 'bf16' }],
  ] as const)('are refused where there are no native ones: %s %o %o', async (name, engine, changes) => {
    const builder = new NetworkBuilder('linear');
    const x = builder.input('x', [2]);
    builder.output('logits', builder.linear(x, 'head', { inFeatures: 2, outFeatures: 1 }));
    const network = builder.build();
    const native: EngineOptions = { ...engine, threads: 1, operators: 'native' };
    const options: TrainingOptions = { loss: { kind: 'bce' }, optimizer: { kind: 'sgd' }, ...changes };
    const training = (await createEngine(name, native)).training(network, initialize(network, 1), options);
    await expect(training).rejects.toEqual(refused);
  });
});
