import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createProjectGraphAsync } from '@nx/devkit';
import { getFileInfo } from 'prettier';
import { describe, expect, it } from 'vitest';
import { packageFolders } from '@ichor/nx-plugin/package-folders';

const workspace = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const read = (path: string) => readFileSync(join(workspace, path), 'utf8');

const packages = packageFolders(workspace);
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...packages.map((path) => `${path}/README.md`),
  ...readdirSync(join(workspace, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`),
];

/** What `pattern` finds on all pages, with the page for messages. */
const mentions = (pattern: RegExp) =>
  pages.flatMap((page) => [...read(page).matchAll(pattern)].map(([, found = '']) => ({ page, found })));

describe('the documentation', () => {
  it('has a README for every package, and those of libs in the table of the first page', () => {
    const front = read('README.md');
    for (const path of packages) {
      expect(existsSync(join(workspace, path, 'README.md')), `${path}/README.md`).toBe(true);
      if (path.startsWith('libs/')) expect(front, path).toContain(`](${path})`);
    }
  });

  it('gives a reason for every dependency', () => {
    const reasons = read('docs/dependencies.md');
    for (const path of ['.', ...packages]) {
      const manifest = JSON.parse(read(join(path, 'package.json'))) as Record<
        string,
        Record<string, string> | undefined
      >;
      const names = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'].flatMap(
        (kind) => Object.keys(manifest[kind] ?? {}),
      );
      for (const name of names.filter((dependency) => !dependency.startsWith('@ichor/'))) {
        // Packages of one project share a row: `@cornerstonejs/codec-libjpeg-turbo-8bit`, `-openjpeg`.
        const short = name.replace(/^@cornerstonejs\/codec-(?!libjpeg)/, '-');
        expect(reasons, `${name} of ${path}`).toContain(`\`${short}\``);
      }
    }
  });

  it('links to files that are there', () => {
    const links = mentions(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g);
    expect(links.length).toBeGreaterThan(50);
    for (const { page, found } of links) {
      expect(existsSync(join(workspace, dirname(page), found)), `${found} in ${page}`).toBe(true);
    }
  });

  it('has tables whose rows have as many cells as their headers', () => {
    const tables = mentions(/((?:^[ \t]*\|.*\n?)+)/gm);
    expect(tables.length).toBeGreaterThan(50);
    for (const { page, found } of tables) {
      // A bar inside a cell is written `\|`.
      const [header, ...rows] = found
        .trimEnd()
        .split('\n')
        .map((row) => row.match(/(?<!\\)\|/g)?.length);
      expect(rows, `${page}: ${found}`).toEqual(rows.map(() => header));
    }
  });

  it('writes into folders that the checks of the repository leave alone', async () => {
    const folders = mentions(/(?:--out |--root |ICHOR_ROOT=)([a-z][\w/-]*)(?![\w./-])/g);
    expect(folders.length).toBeGreaterThan(3);
    for (const { page, found } of folders) {
      const { ignored } = await getFileInfo(join(workspace, found, 'manifest.json'), {
        ignorePath: ['.gitignore', '.prettierignore'].map((name) => join(workspace, name)),
      });
      expect(ignored, `${found} in ${page}`).toBe(true);
    }
  });

  it('names scripts and tasks that are there', async () => {
    // Of the workspace, or of the package whose page it is.
    const scripts = (folder: string) =>
      packages.includes(folder) || folder === '.'
        ? Object.keys((JSON.parse(read(join(folder, 'package.json'))) as { scripts?: object }).scripts ?? {})
        : [];
    const names = mentions(/npm run ([\w:-]+)/g);
    expect(names.length).toBeGreaterThan(10);
    for (const { page, found } of names) {
      expect([...scripts('.'), ...scripts(dirname(page))], `npm run ${found} in ${page}`).toContain(found);
    }
    const { nodes } = await createProjectGraphAsync({ exitOnError: false });
    const tasks = mentions(/nx run ([a-z][\w-]*:[\w-]+)/g);
    expect(tasks.length).toBeGreaterThan(10);
    for (const { page, found } of tasks) {
      const [project = '', target = ''] = found.split(':');
      expect(Object.keys(nodes[project]?.data.targets ?? {}), `${found} in ${page}`).toContain(target);
    }
  });
});
