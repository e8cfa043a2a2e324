import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { packageFolders } from '@ichor/nx-plugin/package-folders';

const workspace = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

interface CodeEntry {
  readonly types: string;
  readonly default: string;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly license?: string;
  readonly type?: string;
  readonly engines?: { readonly node?: string };
  readonly keywords?: readonly string[];
  readonly repository?: { readonly url: string; readonly directory?: string };
  readonly publishConfig?: object;
  readonly sideEffects?: false | readonly string[];
  readonly ichor?: { readonly kind: string };
  readonly private?: boolean;
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, CodeEntry | './package.json'>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const manifestOf = (path: string) => JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest;

const folders = [...packageFolders(workspace, ['libs', 'apps']), 'tools/nx-plugin'];
const packages = folders.map((folder) => {
  const path = join(workspace, folder);
  return { folder, path, manifest: manifestOf(path) };
});
const published = packages.filter(({ manifest }) => manifest.private !== true);
const { repository } = manifestOf(workspace);
const version = published[0]?.manifest.version;

/** The entries of a package that can be imported. */
const entriesOf = ({ exports = {} }: Manifest) =>
  Object.values(exports).filter((entry) => entry !== './package.json');

/** Every file that is compiled into a package and packed. */
function packedFiles(path: string): string[] {
  const left = (manifestOf(path).files ?? []).flatMap(
    (entry) => /^!\*\*\/([\w-]+)\.\*$/.exec(entry)?.[1] ?? [],
  );
  return readdirSync(join(path, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !left.includes(basename(file, '.ts')),
  );
}

const sources = (path: string) =>
  packedFiles(path).map((file) => readFileSync(join(path, 'src', file), 'utf8'));

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

/** Compiled files that do something when they are imported, of what is packed. */
function filesWithEffects(path: string): string[] {
  const statements = [
    ts.SyntaxKind.ExpressionStatement,
    ts.SyntaxKind.IfStatement,
    ts.SyntaxKind.ForStatement,
    ts.SyntaxKind.ForOfStatement,
    ts.SyntaxKind.TryStatement,
  ];
  return packedFiles(path)
    .filter((file) => !/^(fuzz|testing)\b/.test(file))
    .filter((file) =>
      ts
        .createSourceFile(file, readFileSync(join(path, 'src', file), 'utf8'), ts.ScriptTarget.Latest)
        .statements.some(
          (statement) =>
            statements.includes(statement.kind) ||
            (ts.isImportDeclaration(statement) && statement.importClause === undefined),
        ),
    )
    .map((file) => `./dist/${file.replaceAll('\\', '/').replace(/\.ts$/, '.js')}`)
    .sort();
}

it('has a heading in the change log for every library whose name is one word', () => {
  const { release } = JSON.parse(readFileSync(join(workspace, 'nx.json'), 'utf8')) as {
    release: { conventionalCommits: { types: object } };
  };
  const names = packageFolders(workspace, ['libs']).map((folder) => folder.split('/').at(-1)!);
  for (const name of names.filter((name) => /^\w+$/.test(name))) {
    expect(release.conventionalCommits.types).toHaveProperty(name);
  }
});

it('publishes every library and every app', () => {
  expect(packages.filter(({ manifest }) => manifest.private === true).map(({ folder }) => folder)).toEqual(
    [],
  );
  expect(packages.filter(({ manifest }) => manifest.ichor?.kind === 'base-model').length).toBeGreaterThan(10);
});

describe.each(
  published.map(({ folder, path, manifest }) => ({ name: manifest.name, folder, path, manifest })),
)('$name', ({ folder, path, manifest }) => {
  it('says what a registry shows of it', () => {
    expect(manifest).toMatchObject({
      version,
      license: 'MIT',
      type: 'module',
      engines: { node: '>=20.19' },
      repository: { ...repository, directory: folder },
      publishConfig: { access: 'public', provenance: true },
    });
    expect(manifest.description).toMatch(/^.{20,}[^.]$/);
    expect(manifest.keywords).toContain('ichor');
    expect(readFileSync(join(path, 'README.md'), 'utf8')).toMatch(/^# /);
    expect(readFileSync(join(path, 'LICENSE'), 'utf8')).toBe(
      readFileSync(join(workspace, 'LICENSE'), 'utf8'),
    );
  });

  it('names the files that do something when they are imported, and no other', () => {
    const effects = filesWithEffects(path);
    expect(manifest.sideEffects).toEqual(effects.length === 0 ? false : effects);
  });

  it('packs the sources that its maps point to, and neither tests nor their files', () => {
    expect(manifest.files).toEqual(
      expect.arrayContaining(['src', '!**/*.spec.*', '!**/fixtures', '!**/*.tsbuildinfo']),
    );
    const exported = entriesOf(manifest).some(({ types }) => types.includes('/testing/'));
    if (!exported && existsSync(join(path, 'src', 'testing')))
      expect(manifest.files).toContain('!**/testing');
  });

  it('publishes the files that its package.json points at, each built from a source', () => {
    expect(manifest.files).toContain('dist');
    const targets = [
      ...entriesOf(manifest).flatMap(({ types, default: code }) => [types, code]),
      ...Object.values(manifest.bin ?? {}),
    ];
    expect(targets.length).toBeGreaterThan(0);
    for (const target of targets) {
      const source = target.replace(/^\.\/dist\/(.*?)(\.d\.ts|\.js)$/, './src/$1.ts');
      expect(existsSync(join(path, source)), target).toBe(true);
    }
  });

  it('names no task of Nx in remedies, because users may not have Nx', () => {
    // The plugin is about nothing else.
    if (manifest.name === '@ichor/nx-plugin') return;
    const wrong = packedFiles(path)
      .filter((file) => file !== 'task-command.ts')
      .filter((file) => readFileSync(join(path, 'src', file), 'utf8').includes('npx nx run'));
    expect(wrong, 'use taskCommand of @ichor/files').toEqual([]);
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
});
