import { readFileSync } from 'node:fs';
import { backboneIds } from '@ichor/backbones';
import baseModelGenerator from '@ichor/nx-plugin/generators';
import { readJson, type Tree, writeJson } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { beforeEach, describe, expect, it } from 'vitest';

let tree: Tree;
beforeEach(() => {
  tree = createTreeWithEmptyWorkspace({ formatter: 'prettier' });
  writeJson(tree, 'tsconfig.json', { files: [], references: [{ path: './libs/base/cli' }] });
  // As in the repository of Ichor.
  writeJson(tree, 'libs/learning/base-model/package.json', {});
  writeJson(tree, 'package.json', {
    name: '@ichor/workspace',
    license: 'MIT',
    repository: { type: 'git', url: 'git+https://example.org/ichor.git' },
  });
  tree.write('LICENSE', 'MIT License');
});

describe('the base-model generator', () => {
  it('makes a package with a config and lists it', async () => {
    await baseModelGenerator(tree, { name: 'b5-384', backbone: 'efficientnet-b5', imageSize: 384 });
    expect(tree.children('apps/b5-384').sort()).toEqual([
      'LICENSE',
      'README.md',
      'package.json',
      'src',
      'tsconfig.json',
    ]);
    expect(readJson(tree, 'apps/b5-384/package.json')).toMatchObject({
      name: '@ichor/b5-384',
      ichor: { kind: 'base-model' },
      nx: { name: 'b5-384', tags: ['layer:app'] },
      dependencies: { '@ichor/base-model': '^0.1.0', '@ichor/training': '^0.1.0' },
    });
    // What can be published has the fields of those that are.
    const published = JSON.parse(
      readFileSync(new URL('../../../apps/se-resnext-410/package.json', import.meta.url), 'utf8'),
    ) as Record<string, unknown>;
    const made = readJson<Record<string, unknown>>(tree, 'apps/b5-384/package.json');
    expect(Object.keys(made)).toEqual(Object.keys(published));
    for (const field of [
      'version',
      'keywords',
      'exports',
      'sideEffects',
      'files',
      'publishConfig',
      'engines',
    ])
      expect(made[field], field).toEqual(published[field]);
    expect(made['repository']).toEqual({
      type: 'git',
      url: 'git+https://example.org/ichor.git',
      directory: 'apps/b5-384',
    });
    expect(made['bin']).toEqual({ 'b5-384': './dist/main.js' });
    expect(tree.read('apps/b5-384/src/main.ts', 'utf8')).toContain('runModelPackage(import.meta.url)');
    const config = tree.read('apps/b5-384/src/config.ts', 'utf8');
    expect(config).toContain("backbone: 'efficientnet-b5'");
    expect(config).toContain('imageSize: 384');
    expect(config).toContain('...singleSliceFamily');
    expect(readJson(tree, 'tsconfig.json').references).toContainEqual({ path: './apps/b5-384' });
  });

  it('starts from the other family, with the features of every slice', async () => {
    await baseModelGenerator(tree, { name: 'd121', backbone: 'densenet121', family: 'features' });
    expect(readJson(tree, 'apps/d121/package.json').ichor).toEqual({ kind: 'base-model', features: true });
    expect(tree.read('apps/d121/src/config.ts', 'utf8')).toContain('...featureFamily');
  });

  it('makes a package of another workspace, with its scope, in the folder that it names', async () => {
    tree.delete('libs');
    tree.delete('LICENSE');
    writeJson(tree, 'package.json', { name: '@clinic/source' });
    const tsconfig = tree.read('tsconfig.json', 'utf8');
    await baseModelGenerator(tree, { name: 'b5', backbone: 'efficientnet-b5', directory: 'packages/models' });
    expect(readJson(tree, 'packages/models/b5/package.json')).toMatchObject({ name: '@clinic/b5' });
    expect(readJson(tree, 'packages/models/b5/package.json')).not.toHaveProperty('repository');
    // It needs nothing of the workspace.
    expect(readJson(tree, 'packages/models/b5/tsconfig.json')).not.toHaveProperty('extends');
    expect(tree.read('tsconfig.json', 'utf8')).toBe(tsconfig);
    expect(tree.read('packages/models/b5/README.md', 'utf8')).toContain('npx @clinic/b5 train');
  });

  it('makes stackers read it', async () => {
    const stacker = { name: '@ichor/trees', ichor: { kind: 'stacker', inputs: ['xception'] } };
    writeJson(tree, 'apps/trees/package.json', stacker);
    await baseModelGenerator(tree, { name: 'b5', backbone: 'efficientnet-b5', stackers: ['trees'] });
    expect(readJson(tree, 'apps/trees/package.json')).toEqual({
      ...stacker,
      ichor: { kind: 'stacker', inputs: ['xception', 'b5'] },
    });
    await expect(
      baseModelGenerator(tree, { name: 'b6', backbone: 'efficientnet-b5', stackers: ['b5'] }),
    ).rejects.toThrow('b5 is not a stacker');
  });

  it('refuses a name that is taken, and one that cannot be a folder', async () => {
    await baseModelGenerator(tree, { name: 'b5', backbone: 'efficientnet-b5' });
    await expect(baseModelGenerator(tree, { name: 'b5', backbone: 'xception' })).rejects.toThrow(
      'apps/b5 already exists',
    );
    await expect(baseModelGenerator(tree, { name: '../x', backbone: 'xception' })).rejects.toThrow(
      'cannot be the name of a model',
    );
  });

  it('offers the networks that there are', () => {
    const schema = JSON.parse(
      readFileSync(new URL('../../nx-plugin/src/generators/base-model/schema.json', import.meta.url), 'utf8'),
    ) as {
      properties: { backbone: { enum: string[] } };
    };
    expect(schema.properties.backbone.enum).toEqual(backboneIds);
  });
});
