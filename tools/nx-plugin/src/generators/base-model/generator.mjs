import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatFiles, generateFiles, installPackagesTask, updateJson } from '@nx/devkit';

/**
 * @typedef {{ name: string, backbone: string, imageSize?: number, family?: 'single-slice' | 'features' }} BaseModelOptions
 */

/**
 * Makes `apps/<name>`: package.json, tsconfig.json, README.md and `src/config.ts`.
 *
 * @param {import('@nx/devkit').Tree} tree
 * @param {BaseModelOptions} options
 * @returns {Promise<() => void>} links the new package; run when the files are on disk
 */
export default async function baseModelGenerator(
  tree,
  { name, backbone, imageSize = 512, family = 'single-slice' },
) {
  const projectRoot = `apps/${name}`;
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) {
    throw new Error(`"${name}" cannot be the name of a model: lower case letters, digits and dashes`);
  }
  if (tree.exists(projectRoot)) {
    throw new Error(`${projectRoot} is already there; choose another name or delete the folder`);
  }
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
