import { readJson, type Tree } from '@nx/devkit';
import { ownVersion } from '../own-version.js';

/** The fields of the workspace's package.json that a new package copies. */
interface Workspace {
  readonly name?: string;
  readonly license?: string;
  readonly repository?: unknown;
}

export interface NewModel {
  readonly name: string;
  readonly backbone: string;
  readonly imageSize: number;
  /** Predictions come with feature vectors. */
  readonly features: boolean;
  readonly projectRoot: string;
}

/** Name of the package: with the scope of the workspace, if it has one. */
export function packageNameOf(tree: Tree, name: string): string {
  const [, scope] = /^(@[^/]+)\//.exec(workspaceOf(tree).name ?? '') ?? [];
  return scope === undefined ? name : `${scope}/${name}`;
}

/** The package.json of a model that can be published: settings to import, a program to run. */
export function modelManifest(
  tree: Tree,
  { name, backbone, imageSize, features, projectRoot }: NewModel,
): object {
  const { license, repository } = workspaceOf(tree);
  const range = `^${ownVersion}`;
  return {
    name: packageNameOf(tree, name),
    version: ownVersion,
    description: `Base model: ${backbone} at ${imageSize} pixels`,
    keywords: ['ichor', 'intracranial-hemorrhage', 'head-ct', 'deep-learning'],
    ...(license === undefined ? {} : { license }),
    ...(isRecord(repository) ? { repository: { ...repository, directory: projectRoot } } : {}),
    type: 'module',
    engines: { node: '>=20.19' },
    exports: { '.': { types: './dist/config.d.ts', default: './dist/config.js' } },
    bin: { [name]: './dist/main.js' },
    sideEffects: ['./dist/main.js'],
    files: ['dist', 'src', '!**/*.tsbuildinfo', '!**/*.spec.*', '!**/fixtures'],
    publishConfig: { access: 'public', provenance: true },
    ichor: { kind: 'base-model', ...(features ? { features } : {}) },
    nx: { name, tags: ['layer:app'] },
    dependencies: { '@ichor/base-model': range, '@ichor/training': range },
  };
}

function workspaceOf(tree: Tree): Workspace {
  return tree.exists('package.json') ? readJson<Workspace>(tree, 'package.json') : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
