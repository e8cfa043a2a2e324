import { fileURLToPath } from 'node:url';
import { formatFiles, generateFiles, installPackagesTask, readJson, updateJson, type Tree } from '@nx/devkit';

export interface BaseModelOptions {
  readonly name: string;
  readonly backbone: string;
  readonly imageSize?: number;
  readonly family?: 'single-slice' | 'features';
  /** Stackers that will read its predictions. */
  readonly stackers?: readonly string[];
}

/** What of a package.json is used here. */
interface Manifest {
  readonly ichor?: { readonly kind: string; readonly inputs?: readonly string[] };
}

/** What of a tsconfig.json is used here. */
interface Config {
  readonly references?: readonly { readonly path: string }[];
}

/**
 * Makes `apps/<name>`: package.json, tsconfig.json, README.md and `src/config.ts`; and makes stackers read its predictions.
 *
 * @returns links the new package; run when the files are on disk
 */
export default async function baseModelGenerator(
  tree: Tree,
  { name, backbone, imageSize = 512, family = 'single-slice', stackers = [] }: BaseModelOptions,
): Promise<() => void> {
  const projectRoot = `apps/${name}`;
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) {
    throw new Error(`"${name}" cannot be the name of a model: lower case letters, digits and dashes`);
  }
  if (tree.exists(projectRoot)) {
    throw new Error(`${projectRoot} already exists; choose another name or delete the folder`);
  }
  for (const stacker of stackers) addInput(tree, stacker, name);
  const features = family === 'features';
  const preset = features ? 'featureFamily' : 'singleSliceFamily';
  const files = fileURLToPath(new URL('../../../src/generators/base-model/files', import.meta.url));
  generateFiles(tree, files, projectRoot, { name, backbone, imageSize, features, preset });
  updateJson<Config>(tree, 'tsconfig.json', (json) => ({
    ...json,
    references: [...(json.references ?? []), { path: `./${projectRoot}` }],
  }));
  await formatFiles(tree);
  return () => installPackagesTask(tree, true);
}

/** The graph of the ensemble is stated in the package.json of the stackers: the new model becomes the last of the inputs. */
function addInput(tree: Tree, stacker: string, model: string): void {
  const file = `apps/${stacker}/package.json`;
  const ichor = tree.exists(file) ? readJson<Manifest>(tree, file).ichor : undefined;
  if (ichor?.kind !== 'stacker') {
    throw new Error(
      `${stacker} is not a stacker of this workspace; name others with --stackers, or none: --stackers=''`,
    );
  }
  const inputs = [...(ichor.inputs ?? []), model];
  updateJson<Manifest>(tree, file, (json) => ({ ...json, ichor: { ...ichor, inputs } }));
}
