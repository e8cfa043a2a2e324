import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatFiles, generateFiles, installPackagesTask, readJson, updateJson } from '@nx/devkit';

/**
 * @typedef {{ name: string, backbone: string, imageSize?: number, family?: 'single-slice' | 'features', stackers?: readonly string[] }} BaseModelOptions
 */

/**
 * Makes `apps/<name>`: package.json, tsconfig.json, README.md and `src/config.ts`; and makes stackers read its predictions.
 *
 * @param {import('@nx/devkit').Tree} tree
 * @param {BaseModelOptions} options
 * @returns {Promise<() => void>} links the new package; run when the files are on disk
 */
export default async function baseModelGenerator(
  tree,
  { name, backbone, imageSize = 512, family = 'single-slice', stackers = [] },
) {
  const projectRoot = `apps/${name}`;
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) {
    throw new Error(`"${name}" cannot be the name of a model: lower case letters, digits and dashes`);
  }
  if (tree.exists(projectRoot)) {
    throw new Error(`${projectRoot} is already there; choose another name or delete the folder`);
  }
  for (const stacker of stackers) addInput(tree, stacker, name);
  const features = family === 'features';
  const preset = features ? 'featureFamily' : 'singleSliceFamily';
  const files = join(dirname(fileURLToPath(import.meta.url)), 'files');
  generateFiles(tree, files, projectRoot, { name, backbone, imageSize, features, preset });
  for (const config of ['tsconfig.json', 'tsconfig.spec.json']) {
    updateJson(tree, config, (json) => ({
      ...json,
      references: [...(json.references ?? []), { path: `./${projectRoot}` }],
    }));
  }
  await formatFiles(tree);
  return () => installPackagesTask(tree, true);
}

/**
 * The graph of the ensemble is stated in the package.json of the stackers: the new model becomes the last of the inputs.
 *
 * @param {import('@nx/devkit').Tree} tree
 * @param {string} stacker
 * @param {string} model
 */
function addInput(tree, stacker, model) {
  const file = `apps/${stacker}/package.json`;
  const kind = tree.exists(file) ? readJson(tree, file).ichor?.kind : undefined;
  if (kind !== 'stacker') {
    throw new Error(
      `${stacker} is no stacker of this workspace; name others with --stackers, or none: --stackers=''`,
    );
  }
  updateJson(tree, file, (json) => ({
    ...json,
    ichor: { ...json.ichor, inputs: [...json.ichor.inputs, model] },
  }));
}
