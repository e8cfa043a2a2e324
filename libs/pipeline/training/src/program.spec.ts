import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { defineBaseModel, demoSettings, singleSliceFamily } from '@ichor/base-model';
import { variables } from '@ichor/files';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { runModelPackage } from './program.js';

let folder: string;
let said: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'ichor-model-program-')), 'some-model');
  await mkdir(join(folder, 'dist'), { recursive: true });
  const app = defineBaseModel({
    ...singleSliceFamily,
    name: 'some-model',
    backbone: 'se_resnext50_32x4d',
    imageSize: 64,
    configurations: { demo: demoSettings },
  });
  await writeFile(join(folder, 'dist', 'config.js'), `export const app = ${JSON.stringify(app)};`);
  const manifest = { type: 'module', nx: { name: 'some-model' }, ichor: { kind: 'base-model' } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
});

const run = (...argv: string[]) => runModelPackage(pathToFileURL(join(folder, 'dist', 'main.js')).href, argv);

it.each([['two words'], ['one word']])('works on its own model below --root, %s', async (form) => {
  vi.stubEnv(variables.root, '/elsewhere');
  const root = join(folder, 'data');
  const option = form === 'one word' ? [`--root=${root}`] : ['--root', root];
  expect(await run('train', '--fold', '0', ...option)).toBe(1);
  // There are no tables there, so it stops at the first file that it needs.
  expect(said).toContain(join(root, 'intermediate_output', 'preprocessed_data'));
  expect(said).toMatch(/run preprocess first: npx nx run preprocess:preprocess/);
});
