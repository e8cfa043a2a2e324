import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const workspace = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const read = (path: string) => readFileSync(join(workspace, path), 'utf8');

const packages = ['libs', 'apps', 'tools'].flatMap((folder) =>
  readdirSync(join(workspace, folder))
    .map((name) => `${folder}/${name}`)
    .filter((path) => existsSync(join(workspace, path, 'package.json'))),
);

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
      const names = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
        Object.keys(manifest[kind] ?? {}),
      );
      for (const name of names.filter((dependency) => !dependency.startsWith('@ichor/'))) {
        // Packages of one project share a row: `@cornerstonejs/codec-libjpeg-turbo-8bit`, `-openjpeg`.
        const short = name.startsWith('@cornerstonejs/codec-')
          ? name.slice('@cornerstonejs/codec'.length)
          : name;
        expect(reasons, `${name} of ${path}`).toContain(short);
      }
    }
  });

  it('links to files that are there', () => {
    for (const page of [
      'README.md',
      'CONTRIBUTING.md',
      ...readdirSync(join(workspace, 'docs')).map((n) => `docs/${n}`),
    ]) {
      if (!page.endsWith('.md')) continue;
      for (const [, link] of read(page).matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
        expect(existsSync(join(workspace, dirname(page), link ?? '')), `${link} in ${page}`).toBe(true);
      }
    }
  });
});
