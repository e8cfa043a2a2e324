import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readEnsemble } from './index.js';

it('does what the README shows first', async () => {
  const apps = fileURLToPath(new URL('../../../../apps', import.meta.url));
  const { models, final } = await readEnsemble(apps);
  expect(models.at(-1)).toMatchObject({ name: final, level: 2 });
});
