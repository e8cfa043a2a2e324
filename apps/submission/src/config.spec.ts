import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { config } from './config.js';

const manifest = z.object({
  ichor: z.object({ kind: z.string(), inputs: z.array(z.string()).optional() }).optional(),
});

it('names the models of the workspace, and what each stacker reads', () => {
  const apps = new URL('../..', import.meta.url);
  const stackers = new Map<string, readonly string[]>();
  const bases: string[] = [];
  for (const name of readdirSync(apps)) {
    const { ichor } = manifest.parse(JSON.parse(readFileSync(new URL(`${name}/package.json`, apps), 'utf8')));
    if (ichor?.kind === 'stacker') stackers.set(name, ichor.inputs ?? []);
    if (ichor?.kind === 'base-model') bases.push(name);
  }
  const [base, ...higher] = config.levels;
  expect(base?.models.map(({ name }) => name).sort()).toEqual(bases.sort());
  const listed = new Map(higher.flatMap(({ models }) => models.map(({ name, inputs }) => [name, inputs])));
  for (const [name, inputs] of stackers)
    expect([...(listed.get(name) ?? [])].sort()).toEqual([...inputs].sort());
});
