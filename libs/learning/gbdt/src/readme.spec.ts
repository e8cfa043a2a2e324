import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { table } from './fixtures/table.js';
import { createGbdtEngine } from './index.js';

it('the first example of the README works', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'ichor-gbdt-')), 'model.txt');
  const { matrix, labels } = table('train');

  const engine = await createGbdtEngine('auto');
  const parameters = { learningRate: 0.1, leaves: 5 };
  const train = engine.dataset(matrix, { parameters });
  train.setLabels(labels);
  const model = await engine.train({ train, parameters, rounds: 20 });
  const probabilities = model.predict(matrix);
  await model.save(path);

  expect(probabilities).toHaveLength(matrix.rows);
  expect((await engine.load(path)).predict(matrix)).toEqual(probabilities);

  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  for (const line of [
    "const engine = await createGbdtEngine('auto');",
    'const train = engine.dataset(matrix, { parameters });',
    'const model = await engine.train({ train, parameters, rounds: 20 });',
    'const probabilities = model.predict(matrix);',
  ]) {
    expect(readme).toContain(line);
  }
});
