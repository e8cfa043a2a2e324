import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { app } from './config.js';

it('reads what the task graph says it reads', () => {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(manifest).toMatchObject({ ichor: { inputs: app.stacker.inputs }, nx: { name: app.stacker.name } });
});
