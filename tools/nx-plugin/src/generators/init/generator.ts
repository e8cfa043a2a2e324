import {
  addDependenciesToPackageJson,
  formatFiles,
  logger,
  readNxJson,
  updateNxJson,
  writeJson,
  type GeneratorCallback,
  type NxJsonConfiguration,
  type Tree,
} from '@nx/devkit';
import { name as plugin } from '../../plugin.js';
import { ownVersion } from '../own-version.js';

export interface InitOptions {
  /** Folder of the steps of the pipeline. Default: `apps`. */
  readonly directory?: string;
}

/** The steps name these inputs; a workspace that has its own keeps them. */
const namedInputs: NxJsonConfiguration['namedInputs'] = {
  sharedGlobals: [],
  default: ['{projectRoot}/**/*', '!{projectRoot}/dist/**', 'sharedGlobals'],
  production: ['default', '!{projectRoot}/**/*.spec.ts'],
};

/** What the steps read and write, if `ICHOR_ROOT` names no other folder. */
const dataFolders = ['input', 'intermediate_output', 'output'];

/**
 * Sets up a workspace of Nx for the pipeline; `nx add` runs it. Existing settings stay unchanged.
 *
 * @returns installs the programs of the steps; run when the files are on disk
 */
export default async function initGenerator(
  tree: Tree,
  { directory = 'apps' }: InitOptions = {},
): Promise<GeneratorCallback> {
  const nx = readNxJson(tree) ?? {};
  const plugins = nx.plugins ?? [];
  const listed = plugins.some((entry) => (typeof entry === 'string' ? entry : entry.plugin) === plugin);
  updateNxJson(tree, {
    ...nx,
    plugins: listed ? plugins : [...plugins, plugin],
    namedInputs: { ...namedInputs, ...nx.namedInputs },
  });
  const step = `${directory}/preprocess/package.json`;
  if (!tree.exists(step)) {
    writeJson(tree, step, {
      name: 'preprocess',
      version: '0.0.0',
      private: true,
      ichor: { kind: 'preprocess' },
    });
  }
  ignore(tree);
  const ours = ['base-model', 'preprocess', 'training', 'stacking', 'submission'];
  const installs = addDependenciesToPackageJson(
    tree,
    {},
    {
      ...Object.fromEntries(ours.map((name) => [`@ichor/${name}`, `^${ownVersion}`])),
      // The models are compiled.
      '@types/node': '^20.19.0',
      typescript: '~5.9.3',
    },
    undefined,
    true,
  );
  await formatFiles(tree);
  return async () => {
    await installs();
    logger.info('To run networks, install an engine: npm install --ignore-scripts onnxruntime-node');
  };
}

/** Data is not committed. */
function ignore(tree: Tree): void {
  const text = tree.exists('.gitignore') ? (tree.read('.gitignore', 'utf8') ?? '') : '';
  const known = new Set(text.split(/\r?\n/).map((line) => line.trim()));
  const missing = dataFolders.map((folder) => `/${folder}/`).filter((line) => !known.has(line));
  if (missing.length === 0) return;
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  tree.write('.gitignore', `${before}${missing.join('\n')}\n`);
}
