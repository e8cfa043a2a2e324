import { fileURLToPath } from 'node:url';
import {
  formatFiles,
  generateFiles,
  installPackagesTask,
  readJson,
  updateJson,
  writeJson,
  type Tree,
} from '@nx/devkit';
import { elsewhere, inRepository } from './compiler-settings.js';
import { modelManifest, packageNameOf } from './manifest.js';

export interface BaseModelOptions {
  readonly name: string;
  readonly backbone: string;
  readonly imageSize?: number;
  readonly family?: 'single-slice' | 'features';
  /** Stackers that will read its predictions. Default: the usual ones that the workspace has. */
  readonly stackers?: readonly string[];
  /** Folder of the models and stackers. Default: `apps`. */
  readonly directory?: string;
}

/** The fields of a package.json that are used here. */
interface Manifest {
  readonly ichor?: { readonly kind: string; readonly inputs?: readonly string[] };
}

/** Those of the first level that read every network. */
const usualStackers = ['lgbm-stacking-1', 'mlp-stacking'];

/** The fields of a tsconfig.json that are used here. */
interface Config {
  readonly references?: readonly { readonly path: string }[];
}

/**
 * Makes the folder of a model, package.json, tsconfig.json, README.md, `src/config.ts` and its program; and makes stackers
 * read its predictions.
 *
 * @returns in the repository of Ichor: links the new package; run when the files are on disk
 */
export default async function baseModelGenerator(
  tree: Tree,
  {
    name,
    backbone,
    imageSize = 512,
    family = 'single-slice',
    stackers,
    directory = 'apps',
  }: BaseModelOptions,
): Promise<() => void> {
  const projectRoot = `${directory}/${name}`;
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) {
    throw new Error(`"${name}" cannot be the name of a model: lower case letters, digits and dashes`);
  }
  if (tree.exists(projectRoot)) {
    throw new Error(`${projectRoot} already exists; choose another name or delete the folder`);
  }
  for (const stacker of stackers ?? usualStackers.filter((usual) => tree.exists(`${directory}/${usual}`)))
    addInput(tree, `${directory}/${stacker}`, name);
  const features = family === 'features';
  const model = { name, backbone, imageSize, features, projectRoot };
  const files = fileURLToPath(new URL('../../../src/generators/base-model/files', import.meta.url));
  generateFiles(tree, files, projectRoot, {
    ...model,
    packageName: packageNameOf(tree, name),
    preset: features ? 'featureFamily' : 'singleSliceFamily',
  });
  writeJson(tree, `${projectRoot}/package.json`, modelManifest(tree, model));
  const house = tree.exists('libs/learning/base-model/package.json');
  writeJson(tree, `${projectRoot}/tsconfig.json`, house ? inRepository : elsewhere);
  const license = tree.exists('LICENSE') ? tree.read('LICENSE') : null;
  if (license !== null) tree.write(`${projectRoot}/LICENSE`, license);
  if (house) {
    updateJson<Config>(tree, 'tsconfig.json', (json) => ({
      ...json,
      references: [...(json.references ?? []), { path: `./${projectRoot}` }],
    }));
  }
  await formatFiles(tree);
  return () => {
    if (house) installPackagesTask(tree, true);
  };
}

/** The graph of the ensemble is stated in the package.json of the stackers: the new model becomes the last of the inputs. */
function addInput(tree: Tree, stacker: string, model: string): void {
  const file = `${stacker}/package.json`;
  const ichor = tree.exists(file) ? readJson<Manifest>(tree, file).ichor : undefined;
  if (ichor?.kind !== 'stacker') {
    throw new Error(
      `${stacker} is not a stacker of this workspace; name others with --stackers, or none: --stackers=''`,
    );
  }
  const inputs = [...(ichor.inputs ?? []), model];
  updateJson<Manifest>(tree, file, (json) => ({ ...json, ichor: { ...ichor, inputs } }));
}
