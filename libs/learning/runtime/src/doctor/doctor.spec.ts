import { describe, expect, it } from 'vitest';
import { createEngine } from '../create-engine.js';
import type { Engine } from '../engine.js';
import { candidates } from './candidates.js';
import { diagnose, type Diagnosis } from './diagnose.js';
import { fastest, report } from './report.js';
import { selfTest } from './self-test.js';

describe('selfTest', () => {
  it.each([
    ['onnxruntime', 'cpu'],
    ['tfjs', 'js'],
  ] as const)('passes on %s %s', async (engine, provider) => {
    expect(await selfTest(await createEngine(engine, { provider }))).toBeUndefined();
  });

  it('finds an engine that computes wrongly', async () => {
    const engine = await createEngine('onnxruntime', { provider: 'cpu' });
    const wrong: Engine = {
      ...engine,
      inference: async (network, state, options) => {
        const session = await engine.inference(network, state, options);
        return {
          ...session,
          run: async (inputs) => {
            const outputs = await session.run(inputs);
            for (const { data } of Object.values(outputs))
              data.forEach((value, i) => (data[i] = value * 1.01));
            return outputs;
          },
        };
      },
    };
    expect(await selfTest(wrong)).toMatch(/inference gives wrong numbers/);
  });
});

describe('diagnose', () => {
  it('says what to install for a provider that is not there', async () => {
    const [candidate] = candidates.filter(({ provider }) => provider === 'node-gpu');
    const found = candidate && (await diagnose({ ...candidate, platforms: [process.platform] }));
    expect(found?.works).toBe(false);
    expect(found?.remedy).toContain('--ignore-scripts=false @tensorflow/tfjs-node-gpu');
  });

  it('does not try what the platform does not support', async () => {
    const [candidate] = candidates;
    const found = candidate && (await diagnose({ ...candidate, platforms: [] }));
    expect(found).toMatchObject({ works: false, reason: `not on ${process.platform}` });
  });
});

describe('report', () => {
  const diagnoses: readonly Diagnosis[] = [
    {
      engine: 'onnxruntime',
      provider: 'cuda',
      operators: 'public',
      remedy: 'install CUDA',
      works: false,
      reason: 'no driver',
    },
    {
      engine: 'onnxruntime',
      provider: 'cpu',
      operators: 'native',
      remedy: 'install koffi',
      works: false,
      reason: 'no koffi',
    },
    {
      engine: 'onnxruntime',
      provider: 'cpu',
      operators: 'public',
      remedy: '',
      works: true,
      speed: { inference: 120, training: 80 },
    },
    {
      engine: 'tfjs',
      provider: 'js',
      operators: 'public',
      remedy: '',
      works: true,
      speed: { inference: 0.52, training: 0.3 },
    },
  ];

  it('shows speeds, reasons and remedies', () => {
    const text = report(diagnoses);
    expect(text).toContain(
      'onnxruntime cpu                    self-test passed, inference 120 GFLOP/s, training 80 GFLOP/s',
    );
    expect(text).toContain('tfjs js                            self-test passed, inference 0.52 GFLOP/s');
    expect(text).toMatch(/onnxruntime cuda {19}no driver\n +install CUDA/);
    expect(text).toMatch(/onnxruntime cpu, native operators {2}no koffi\n +install koffi/);
    expect(text).toContain('Fastest in training: onnxruntime cpu');
  });

  it('says that nothing works', () => {
    expect(fastest(diagnoses.slice(0, 1))).toBeUndefined();
    expect(report(diagnoses.slice(0, 1))).toContain('No engine works here.');
  });
});
