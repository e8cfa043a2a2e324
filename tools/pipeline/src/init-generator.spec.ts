import initGenerator from '@ichor/nx-plugin/generators/init';
import { readJson, readNxJson, updateNxJson, writeJson, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { beforeEach, expect, it } from 'vitest';

let tree: Tree;
beforeEach(() => {
  tree = createTreeWithEmptyWorkspace({ formatter: 'prettier' });
});

it('sets up a workspace: plugin, programs of the steps, inputs, ignored data, the first step', async () => {
  tree.write('.gitignore', 'node_modules');
  await initGenerator(tree);
  const nx = readNxJson(tree);
  expect(nx?.plugins).toContain('@ichor/nx-plugin');
  expect(Object.keys(nx?.namedInputs ?? {})).toEqual(expect.arrayContaining(['production', 'default']));
  expect(Object.keys(readJson(tree, 'package.json').devDependencies)).toEqual(
    expect.arrayContaining(
      ['base-model', 'preprocess', 'training', 'stacking', 'submission']
        .map((n) => `@ichor/${n}`)
        .concat('typescript', '@types/node'),
    ),
  );
  expect(tree.read('.gitignore', 'utf8')).toBe('node_modules\n/input/\n/intermediate_output/\n/output/\n');
  expect(readJson(tree, 'apps/preprocess/package.json')).toMatchObject({ ichor: { kind: 'preprocess' } });
});

it('changes nothing when it runs again, and keeps what the workspace has', async () => {
  const production = ['{projectRoot}/lib/**/*'];
  updateNxJson(tree, { plugins: ['@nx/js'], namedInputs: { production } });
  writeJson(tree, 'package.json', { name: 'x', devDependencies: { typescript: '5.8.3' } });
  writeJson(tree, 'steps/preprocess/package.json', { name: 'mine' });
  await initGenerator(tree, { directory: 'steps' });
  expect(readNxJson(tree)).toMatchObject({
    plugins: ['@nx/js', '@ichor/nx-plugin'],
    namedInputs: { production },
  });
  expect(readJson(tree, 'package.json').devDependencies.typescript).toBe('5.8.3');
  expect(readJson(tree, 'steps/preprocess/package.json')).toEqual({ name: 'mine' });
  const files = ['nx.json', 'package.json', '.gitignore'].map((file) => tree.read(file, 'utf8'));
  await initGenerator(tree, { directory: 'steps' });
  expect(['nx.json', 'package.json', '.gitignore'].map((file) => tree.read(file, 'utf8'))).toEqual(files);
});
