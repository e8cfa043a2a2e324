import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundled } from '@ichor/files/bundled';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageFolders } from './package-folders.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const node = (...args: string[]) =>
  execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
const url = (path: string) => pathToFileURL(join(root, path));

beforeAll(() => {
  node('tools/bundle-programs.mjs');
});

/** Compiled modules that the sources ask a bundle for. */
function asked(): string[] {
  const call = /\b(?:importBundled|bundled)(?:<[^(]*>)?\(\s*new URL\('([^']+)', import\.meta\.url\)/g;
  return packageFolders(root).flatMap((folder) =>
    readdirSync(join(root, folder, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
      .flatMap((file) => {
        const text = readFileSync(join(root, folder, 'src', file), 'utf8');
        return [...text.matchAll(call)].map(([, path = '']) =>
          join(dirname(join(folder, 'dist', file)), path).replaceAll('\\', '/'),
        );
      }),
  );
}

describe('bundles', () => {
  it('are there for every module that the sources ask for, and for the settings of all apps', () => {
    const modules = asked();
    // Three programs, those of models and of stackers, four threads.
    expect(modules).toHaveLength(9);
    const apps = readdirSync(join(root, 'apps')).filter((app) =>
      /"kind": "(base-model|stacker)"/.test(readFileSync(join(root, 'apps', app, 'package.json'), 'utf8')),
    );
    expect(apps.length).toBeGreaterThan(11);
    modules.push(...apps.map((app) => `apps/${app}/dist/config.js`));
    expect(modules.filter((module) => bundled(url(module)).href === url(module).href)).toEqual([]);
  });

  it.each([
    ['apps/preprocess/dist/program.js', 'runPreprocess()', 'apps/preprocess/dist/main.js', '--help'],
    ['apps/submission/dist/program.js', 'runSubmission()', 'apps/submission/dist/main.js', '--help'],
    ['apps/ichor/dist/program.js', 'runIchor()', 'apps/ichor/dist/main.js', 'predict', '--help'],
    [
      'libs/pipeline/training/dist/commands/programs.js',
      'train()',
      'libs/pipeline/training/dist/bin/train.js',
      '--app',
      'apps/xception',
      '--print-config',
    ],
    [
      'libs/pipeline/stacking/dist/commands/programs.js',
      'stack()',
      'libs/pipeline/stacking/dist/bin/train.js',
      '--app',
      'apps/sequence-gru',
      '--plan',
      '--json',
    ],
  ])('say what the modules of %s say', (module, call, program, ...args) => {
    const plain = `const program = await import('${url(module).href}'); await program.${call};`;
    const words = ['--input-type=module', '--eval', plain, '--', 'program', ...args];
    expect(node(program, ...args)).toBe(node(...words));
  });
});
