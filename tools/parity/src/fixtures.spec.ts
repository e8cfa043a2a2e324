import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nativeOperators } from '@ichor/native-operators';
import { createEngine, type Engine } from '@ichor/runtime';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkFixture } from './check.js';
import { readFixture } from './fixture.js';
import { passes } from './measure.js';
import { fixtureNetwork } from './network.js';

/** Oracle: the reference networks in PyTorch, double precision. Limits: see the README. */
const folder = fileURLToPath(new URL('../fixtures', import.meta.url));
const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
/** The largest networks take long to check on a busy machine, and much of it is making the weights. */
const PATIENCE = 180_000;

describe('parameters have the names, order and shapes of the reference', () => {
  it.each(names)('%s', async (name) => {
    const file = join(folder, name);
    const fixture = await readFixture(file);
    expect(fixtureNetwork(fixture, file).parameters).toHaveLength(fixture.parameters.length);
  });
});

describe('onnxruntime', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine('onnxruntime', { provider: 'cpu' });
  });

  // inceptionv4 in training takes longest and has the loosest limits; npm run parity checks it.
  it.each(names.filter((name) => name !== 'inceptionv4.train.128x128.json'))(
    '%s',
    async (name) => {
      const measures = await checkFixture(join(folder, name), engine);
      expect(measures.filter((measure) => !passes(measure))).toEqual([]);
    },
    PATIENCE,
  );
});

const native = nativeOperators();
const why =
  'missing' in native ? ` (needs the native operators: ${native.missing.replaceAll(/[()]/g, '')})` : '';

describe.skipIf('missing' in native)(`onnxruntime with native operators${why}`, () => {
  /*
   * Evaluation is the same without them. efficientnet-lite0 is left out: in float32 a single rectifier near zero falls on the other side, and the gradient of its first norm
   * goes beyond the limit. Factors of the image of up to 1 + 7e-7 bring that about with the public operators too (2.0e-2; the limit is 1.0e-2).
   */
  it.each(['efficientnet-b3.train.64x64.json', 'se_resnext50_32x4d.train.64x64.json'])(
    '%s',
    async (name) => {
      const engine = await createEngine('onnxruntime', { provider: 'cpu', operators: 'native' });
      const measures = await checkFixture(join(folder, name), engine);
      expect(measures.filter((measure) => !passes(measure))).toEqual([]);
    },
    PATIENCE,
  );
});

describe('tfjs', () => {
  it(
    'efficientnet-b3.eval.64x64.json',
    async () => {
      const engine = await createEngine('tfjs', { provider: 'js' });
      const measures = await checkFixture(join(folder, 'efficientnet-b3.eval.64x64.json'), engine);
      expect(measures.filter((measure) => !passes(measure))).toEqual([]);
    },
    PATIENCE,
  );
});
