import { resolve } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineCommand } from './command.js';
import { withRoot } from './root-option.js';
import { terminal } from './terminal.js';

let seen: { root: string | undefined; fold: string } | undefined;
let printed: string[];
beforeEach(() => {
  seen = undefined;
  printed = [];
  vi.stubEnv('ICHOR_ROOT', '/elsewhere');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const command = withRoot(
  defineCommand({
    name: 'train',
    summary: 'Trains.',
    options: { fold: z.string().default('all').describe('Which fold') },
    run({ fold }) {
      seen = { root: process.env['ICHOR_ROOT'], fold };
    },
  }),
);
const run = async (...argv: string[]) =>
  command.execute(argv, {
    signal: new AbortController().signal,
    terminal,
    print: (line) => printed.push(line),
  });

it.each([
  [['--root', 'data', '--fold', '1']],
  [['--fold', '1', '--root=data']],
  [['--fold', '1', '--root', 'data']],
])('sets the root folder by %j', async (argv) => {
  expect(await run(...argv)).toBe(0);
  expect(seen).toEqual({ root: resolve('data'), fold: '1' });
});

it('leaves ICHOR_ROOT as it is without the option', async () => {
  await run();
  expect(seen).toEqual({ root: '/elsewhere', fold: 'all' });
});

it.each([[['--root']], [['--root', '--fold', '1']], [['--root=', '--fold', '1']], [['--root=', 'data']]])(
  'refuses %j: the folder is missing',
  async (argv) => {
    await expect(run(...argv)).rejects.toThrow('--root needs a folder');
    expect(seen).toBeUndefined();
  },
);

it('names the option in the help', async () => {
  expect(await run('--help')).toBe(0);
  expect(printed.join('\n')).toMatch(/--fold[^]*--root FOLDER/);
  expect(seen).toBeUndefined();
});
