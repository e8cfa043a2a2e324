import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { packageFolders } from '@ichor/nx-plugin/package-folders';

const workspace = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, { readonly types: string; readonly default: string }>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const published = packageFolders(workspace, ['libs', 'apps'])
  .map((folder) => join(workspace, folder))
  .map((path) => ({
    path,
    manifest: JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest,
  }))
  .filter(({ manifest }) => manifest.private !== true);

/** Text of every file that is compiled into a package. */
function sources(path: string): string[] {
  return readdirSync(join(path, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .map((file) => readFileSync(join(path, 'src', file), 'utf8'));
}

/** Names of the packages that the compiled part of a package imports. */
function imported(path: string): Set<string> {
  const names = new Set<string>();
  for (const text of sources(path)) {
    for (const name of [
      ...ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName),
      ...[...text.matchAll(/createRequire\(import\.meta\.url\)\('(.+?)'\)/g)].map(
        ([, required = '']) => required,
      ),
    ]) {
      if (name.startsWith('.') || name.startsWith('node:') || builtinModules.includes(name)) continue;
      names.add(name.split('/', name.startsWith('@') ? 2 : 1).join('/'));
    }
  }
  return names;
}

describe.each(published.map(({ path, manifest }) => ({ name: manifest.name, path, manifest })))(
  '$name',
  ({ path, manifest }) => {
    it('publishes what its package.json points at, made from a source', () => {
      expect(manifest.files).toContain('dist');
      const targets = [
        ...Object.values(manifest.exports ?? {}).flatMap(({ types, default: code }) => [types, code]),
        ...Object.values(manifest.bin ?? {}),
      ];
      expect(targets.length).toBeGreaterThan(0);
      for (const target of targets) {
        const source = target.replace(/^\.\/dist\/(.*?)(\.d\.ts|\.js)$/, './src/$1.ts');
        expect(existsSync(join(path, source)), target).toBe(true);
      }
    });

    it('depends on all packages that it imports, on no other, and on none that stays here', () => {
      const needed = [...imported(path)].filter((name) => name !== manifest.name);
      const all = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
      // An optional package is imported by a name in a table or by an entry of its own, where it is installed.
      const optional = (name: string) => manifest.peerDependenciesMeta?.[name]?.optional === true;
      const stated = all.filter((name) => !optional(name));
      expect(stated.sort()).toEqual(needed.filter((name) => !optional(name)).sort());
      for (const name of all.filter(optional))
        expect(
          sources(path).some((text) => text.includes(`'${name}'`)),
          name,
        ).toBe(true);
      const ours = published.map(({ manifest: { name } }) => name);
      for (const name of stated.filter((name) => name.startsWith('@ichor/'))) expect(ours).toContain(name);
    });
  },
);
