import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { IchorError } from '@ichor/files';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { build } from './build-first.js';
import { slowSpecs } from './slow-specs.js';
import { sourceAliases } from './source-aliases.js';

let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ichor-sources-'));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

async function put(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
}

describe('sourceAliases', () => {
  it('is active here: tests get the class of the source', async () => {
    const load = async (path: string) => {
      const { href } = new URL(path, import.meta.url);
      return (await import(/* @vite-ignore */ href)) as { IchorError: unknown };
    };
    expect((await load('../../libs/base/files/src/index.ts')).IchorError).toBe(IchorError);
    expect((await load('../../libs/base/files/dist/index.js')).IchorError).not.toBe(IchorError);
  });

  it('follows each entry point to its source, and no other name', async () => {
    await put('libs/base/files/package.json', {
      name: '@ichor/files',
      exports: {
        '.': { types: './dist/index.d.ts', default: './dist/index.js' },
        './testing': { types: './dist/testing/index.d.ts', default: './dist/testing/index.js' },
        './package.json': './package.json',
      },
    });
    await put('libs/base/files/src/index.ts', '');
    await put('libs/base/files/src/testing/index.ts', '');
    const aliases = sourceAliases(root);
    const source = (name: string) => aliases.find(({ find }) => find.test(name))?.replacement;
    expect(source('@ichor/files')).toBe(join(root, 'libs/base/files/src/index.ts'));
    expect(source('@ichor/files/testing')).toBe(join(root, 'libs/base/files/src/testing/index.ts'));
    for (const other of [
      '@ichor/files/package.json',
      '@ichor/files2',
      'x/@ichor/files',
      '@ichor/files/other',
    ]) {
      expect(source(other), other).toBeUndefined();
    }
  });

  it('refuses an entry point without a source', async () => {
    await put('apps/a/package.json', { name: '@ichor/a', exports: { './b': { default: './dist/b.js' } } });
    expect(() => sourceAliases(root)).toThrow('apps/a/package.json exports ./dist/b.js');
  });
});

describe('build', () => {
  beforeEach(async () => {
    await put('package.json', { type: 'module' });
    await put('tsconfig.json', {
      compilerOptions: { composite: true, rootDir: 'src', outDir: 'dist', types: [], lib: ['es5'] },
      include: ['src'],
    });
    await put('src/one.ts', 'export const one: number = 1;\n');
  });

  it('compiles what is older than its source', async () => {
    build(root);
    await put('src/one.ts', 'export const one: number = 2;\n');
    build(root);
    expect(await readFile(join(root, 'dist/one.js'), 'utf8')).toContain('one = 2');
  });

  it('refuses to go on when the code does not compile', async () => {
    await put('src/one.ts', "export const one: number = 'one';\n");
    expect(() => {
      build(root);
    }).toThrow('TS2322');
  });
});

it('leaves out of a quick run only specs that there are', () => {
  const missing = slowSpecs.filter((spec) => !existsSync(new URL(`../../${spec}`, import.meta.url)));
  expect(missing).toEqual([]);
});
