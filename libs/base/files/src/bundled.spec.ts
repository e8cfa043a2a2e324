import { mkdir, mkdtemp, readFile, realpath, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { bundled, BUNDLE_LIST, BUNDLES, importBundled, sha256Of, type BundleList } from './bundled.js';

let root: string;
/** URL of a file of the workspace. */
const url = (...parts: string[]) => pathToFileURL(join(root, ...parts));
const listPath = () => join(root, BUNDLES, BUNDLE_LIST);

/** Of `libs/a/dist/{main,part}.js`; the bundle says so, the module says `module`. */
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'ichor-bundled-')));
  await mkdir(join(root, 'libs', 'a', 'dist'), { recursive: true });
  await mkdir(join(root, BUNDLES), { recursive: true });
  await writeFile(join(root, 'package.json'), '{ "type": "module" }');
  await writeFile(join(root, 'nx.json'), '{}');
  await writeFile(join(root, 'libs', 'a', 'dist', 'main.js'), "export { said } from './part.js';");
  await writeFile(join(root, 'libs', 'a', 'dist', 'part.js'), "export const said = 'module';");
  await writeFile(join(root, BUNDLES, 'main-1.js'), "export const said = 'bundle';");
  await writeList(['libs/a/dist/main.js', 'libs/a/dist/part.js']);
});

async function writeList(paths: readonly string[]): Promise<void> {
  const modules = await Promise.all(
    paths.map(async (path): Promise<BundleList['modules'][number]> => {
      const { size, mtimeMs } = await stat(join(root, path));
      return [path, size, mtimeMs, sha256Of(join(root, path))];
    }),
  );
  const entry = { file: 'main-1.js', modules: modules.map((_, index) => index) };
  await writeFile(listPath(), JSON.stringify({ modules, entries: { 'libs/a/dist/main.js': entry } }));
}

describe('a bundle', () => {
  it('replaces its module', async () => {
    expect(bundled(url('libs', 'a', 'dist', 'main.js')).href).toBe(url(BUNDLES, 'main-1.js').href);
    expect(await importBundled(url('libs', 'a', 'dist', 'main.js'))).toMatchObject({ said: 'bundle' });
  });

  it('replaces no other module', () => {
    const part = url('libs', 'a', 'dist', 'part.js');
    expect(bundled(part)).toBe(part);
    const data = new URL('data:text/javascript,');
    expect(bundled(data)).toBe(data);
  });

  it.each(['main', 'part'])('is not used when %s was compiled again, in the same size', async (name) => {
    const path = join(root, 'libs', 'a', 'dist', `${name}.js`);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace("'module'", "'newer!'").replace('said', 'said'.toUpperCase()));
    expect((await stat(path)).size).toBe(text.length);
    await utimes(path, 1, 2);
    const main = url('libs', 'a', 'dist', 'main.js');
    expect(bundled(main)).toBe(main);
  });

  it('is not used when a module has another size or is gone', async () => {
    const main = url('libs', 'a', 'dist', 'main.js');
    const part = join(root, 'libs', 'a', 'dist', 'part.js');
    await writeFile(part, "export const said = 'the module';");
    expect(bundled(main)).toBe(main);
    expect(await importBundled(main)).toMatchObject({ said: 'the module' });
    await rm(part);
    expect(bundled(main)).toBe(main);
  });

  it('is used after its modules were written again as they were, and remembers their times', async () => {
    const before = await readFile(listPath(), 'utf8');
    await utimes(join(root, 'libs', 'a', 'dist', 'part.js'), 1, 2);
    expect(bundled(url('libs', 'a', 'dist', 'main.js')).href).toBe(url(BUNDLES, 'main-1.js').href);
    const after = JSON.parse(await readFile(listPath(), 'utf8')) as BundleList;
    expect(after.modules[1]?.[2]).toBe(2000);
    expect({ ...after, modules: after.modules.map(([path]) => path) }).toEqual({
      ...(JSON.parse(before) as BundleList),
      modules: ['libs/a/dist/main.js', 'libs/a/dist/part.js'],
    });
  });

  it('is not used when it is gone', async () => {
    await rm(join(root, BUNDLES, 'main-1.js'));
    expect(await importBundled(url('libs', 'a', 'dist', 'main.js'))).toMatchObject({ said: 'module' });
  });

  it.each([
    ['names no module', { file: 'main-1.js', modules: [] }],
    ['does not name its own module', { file: 'main-1.js', modules: [1] }],
    ['names a module that is not in the list', { file: 'main-1.js', modules: [0, 1, 2] }],
    ['is in another folder', { file: '../programs/main-1.js', modules: [0, 1] }],
  ])('is not used when it %s', async (_name, entry) => {
    const list = JSON.parse(await readFile(listPath(), 'utf8')) as BundleList;
    await writeFile(listPath(), JSON.stringify({ ...list, entries: { 'libs/a/dist/main.js': entry } }));
    const main = url('libs', 'a', 'dist', 'main.js');
    expect(bundled(main)).toBe(main);
  });

  it.each([
    '',
    '{',
    '{"modules": []}',
    '{"entries": {}}',
    '[]',
    'null',
    '{"modules": [], "entries": null}',
    '{"modules": 5, "entries": {"libs/a/dist/main.js": {"file": "main-1.js", "modules": [0]}}}',
    '{"modules": [7], "entries": {"libs/a/dist/main.js": {"file": "main-1.js", "modules": [0]}}}',
    '{"modules": [], "entries": {"libs/a/dist/main.js": {}}}',
  ])('is not used with the list %j', async (list) => {
    await writeFile(listPath(), list);
    const main = url('libs', 'a', 'dist', 'main.js');
    expect(bundled(main)).toBe(main);
  });

  it('is not looked for above the workspace', async () => {
    const inner = join('libs', 'a');
    await writeFile(join(root, inner, 'nx.json'), '{}');
    const main = url(inner, 'dist', 'main.js');
    expect(bundled(main)).toBe(main);
  });

  it('is not looked for above installed packages', async () => {
    const installed = join('node_modules', '@ichor', 'a', 'dist');
    await mkdir(join(root, installed), { recursive: true });
    await writeFile(join(root, installed, 'main.js'), '');
    const text = await readFile(listPath(), 'utf8');
    await writeFile(listPath(), text.replaceAll('libs/a/dist', 'node_modules/@ichor/a/dist'));
    const main = url(installed, 'main.js');
    expect(bundled(main)).toBe(main);
  });
});
