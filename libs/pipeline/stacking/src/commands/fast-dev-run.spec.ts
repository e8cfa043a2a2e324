import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { terminal } from '@ichor/cli';
import { afterEach, expect, it, vi } from 'vitest';
import { cnn1Settings, defineStacker, lgbmSettings, mlpSettings } from '../index.js';
import { makeTinyRoot } from '../testing/tiny-root.js';
import { stackCommand } from './stack.js';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

async function appOf(settings: Parameters<typeof defineStacker>[0], inputs: readonly string[]) {
  const folder = join(await mkdtemp(join(tmpdir(), 'ichor-fast-dev-run-')), 'some-stacker');
  await mkdir(join(folder, 'dist'), { recursive: true });
  await writeFile(
    join(folder, 'dist', 'config.js'),
    `export const app = ${JSON.stringify(defineStacker(settings))};`,
  );
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ type: 'module', ichor: { kind: 'stacker', inputs } }),
  );
  return folder;
}

async function run(folder: string) {
  const said: string[] = [];
  vi.spyOn(terminal, 'print').mockImplementation(() => undefined);
  const code = await stackCommand.execute(['--app', folder, '--fold', '0', '--fast-dev-run', '--json'], {
    signal: new AbortController().signal,
    terminal,
    print: (line) => said.push(line),
  });
  return { code, said: said.map((line) => JSON.parse(line) as unknown) };
}

it.each([
  ['trees', lgbmSettings, 'ab'],
  ['dense networks', mlpSettings, 'ab'],
  ['convolutions', cnn1Settings, 'abcdefgh'],
] as const)(
  'passes once through everything with %s, and leaves nothing',
  async (_kind, settings, letters) => {
    const models = [...letters];
    const { paths } = await makeTinyRoot({ models, studies: 10 });
    vi.stubEnv('ICHOR_ROOT', paths.root);
    vi.stubEnv('ICHOR_FOLDS', '0,1');
    const before = await readdir(paths.root, { recursive: true });
    const { code, said } = await run(await appOf({ ...settings, configurations: {} }, models));
    expect(code).toBe(0);
    expect(said).toEqual([
      {
        model: 'some-stacker',
        fold: 0,
        status: 'passed',
        slices: expect.any(Number),
        bytes: expect.any(Number),
      },
    ]);
    expect(await readdir(paths.root, { recursive: true })).toEqual(before);
  },
);

it('leaves nothing where it fails either', async () => {
  const { paths } = await makeTinyRoot({ models: ['a'], studies: 10 });
  vi.stubEnv('ICHOR_ROOT', paths.root);
  vi.stubEnv('ICHOR_FOLDS', '0,1');
  const before = await readdir(paths.root, { recursive: true });
  await expect(run(await appOf({ ...mlpSettings, configurations: {} }, ['a', 'absent']))).rejects.toThrow();
  expect(await readdir(paths.root, { recursive: true })).toEqual(before);
});
