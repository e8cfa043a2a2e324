/**
 * `npm run test:packages`: publishes every package to a registry on this machine (verdaccio), installs them into projects
 * outside the repository and uses them there as their users do. Needs the registry of npm, for the tools and the dependencies.
 *
 * --only PARTS runs some parts of `entries,pipeline,engine,examples,workspace`; default: all.
 * --keep leaves the folder and prints its name.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { packageFolders } from '@ichor/nx-plugin/package-folders';
import { chooseEngine, installOrdinarily } from './engine.mjs';
import { load, typeCheck } from './entries.mjs';
import { runExample } from './examples.mjs';
import { useWorkspace } from './nx-workspace.mjs';
import { predictInOneLine, trainElsewhere } from './pipeline.mjs';
import { runReadmes } from './readmes.mjs';
import { installTools, startRegistry } from './registry.mjs';
import { eachOf, npm, run, step } from './steps.mjs';

const { values } = parseArgs({ options: { only: { type: 'string' }, keep: { type: 'boolean' } } });
const parts = values.only?.split(',') ?? ['entries', 'pipeline', 'engine', 'examples', 'workspace'];
const root = fileURLToPath(new URL('../..', import.meta.url));
const work = await mkdtemp(join(tmpdir(), 'ichor-packages-'));

/** Entries that need what only this repository or a workspace of Nx installs. */
const needsMore = (entry) => entry === '@ichor/report/testing' || entry.startsWith('@ichor/nx-plugin');

const packages = [];
for (const folder of [...packageFolders(root, ['libs', 'apps']), 'tools/nx-plugin']) {
  const manifest = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
  if (manifest.private !== true) packages.push({ folder: join(root, folder), ...manifest });
}
const entries = packages
  .flatMap(({ name, exports = {} }) => Object.keys(exports).map((entry) => name + entry.slice(1)))
  .filter((entry) => !needsMore(entry));

let registry;
try {
  await step('tools installed', () => installTools(join(work, 'tools')));
  registry = await startRegistry(work, root);
  const env = await outsideEnvironment();
  const tarballs = join(work, 'tarballs');
  await mkdir(tarballs);
  // One process for all: npm takes longer to start than to pack.
  const all = packages.flatMap(({ name }) => ['--workspace', name]);
  const quiet = ['--ignore-scripts', '--loglevel=error'];
  await step(`${packages.length} packages packed`, () =>
    run('npm', ['pack', ...all, ...quiet, '--pack-destination', tarballs], { cwd: root, env }),
  );
  await step(`${packages.length} packages published`, () =>
    run('npm', ['publish', ...all, ...quiet, '--provenance=false'], { cwd: root, env }),
  );
  if (parts.includes('entries')) await checkTarballs(tarballs);
  if (parts.includes('engine')) {
    const project = join(work, 'ordinary');
    await step('a model installed as everybody does', () => installOrdinarily(project, env));
    await step('an engine chosen', () => chooseEngine(project, env));
  }
  if (parts.includes('entries') || parts.includes('pipeline')) await useAll(env);
  if (parts.includes('examples')) {
    for (const name of ['node', 'worker']) {
      await step(`examples/${name}`, () => runExample(root, work, env, name));
    }
    const files = join(root, 'libs', 'imaging', 'dicom', 'src', 'fixtures');
    await step('examples/browser', () => runExample(root, work, env, 'browser', files));
  }
  if (parts.includes('workspace')) {
    await step('the plugin in another workspace of Nx', () => useWorkspace(root, work, env));
  }
} finally {
  registry?.process.kill();
  if (values.keep) process.stdout.write(`${work}\n`);
  else await rm(work, { recursive: true, force: true });
}

/** The environment of a user who has only the registry; otherwise npm would pass on the settings of this repository. */
async function outsideEnvironment() {
  const own = ['npm_config_ignore_scripts', 'npm_config_omit_lockfile_registry_resolved', 'ICHOR_ROOT'];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.includes(name)));
  const file = join(work, '.npmrc');
  await writeFile(file, `${registry.url.replace('http:', '')}:_authToken=anybody\n`);
  return {
    ...env,
    npm_config_registry: registry.url,
    npm_config_cache: join(work, 'cache'),
    npm_config_userconfig: file,
  };
}

async function checkTarballs(folder) {
  const files = (await readdir(folder)).map((file) => join(folder, file));
  await sizes(files);
  // A package of programs only has nothing to import.
  const programs = packages.filter(({ exports }) => exports === undefined);
  const hasEntries = (file) =>
    !programs.some(({ name, version }) => file.endsWith(`${name.slice(1).replace('/', '-')}-${version}.tgz`));
  const bin = (name) => join(work, 'tools', 'node_modules', '.bin', name);
  await step('publint', () => eachOf(files, (file) => run(bin('publint'), ['run', file, '--strict'])));
  await step('are the types wrong', () =>
    eachOf(files.filter(hasEntries), (file) =>
      run(bin('attw'), [file, '--profile', 'esm-only', '--no-emoji']),
    ),
  );
}

async function sizes(files) {
  const found = await Promise.all(files.map(async (file) => [(await stat(file)).size, file]));
  found.sort(([a], [b]) => b - a);
  const all = found.reduce((sum, [size]) => sum + size, 0);
  process.stdout.write(`  ${(all / 1024).toFixed(0)} KiB in all\n`);
  for (const [size, file] of found)
    process.stdout.write(`  ${(size / 1024).toFixed(1)} KiB ${basename(file).slice('ichor-'.length)}\n`);
}

/** One project with every package: the types, the entries, a training, the examples of the READMEs. */
async function useAll(env) {
  const project = join(work, 'project');
  await mkdir(project);
  await writeFile(
    join(project, 'package.json'),
    JSON.stringify({ name: 'elsewhere', private: true, type: 'module' }),
  );
  const names = packages.map(({ name }) => name).filter((name) => name !== '@ichor/nx-plugin');
  const others = ['onnxruntime-node', 'dicom-parser', 'zod', 'typescript@5.9', '@types/node@20'];
  await step('all packages installed', () =>
    npm(project, env, 'install', '--ignore-scripts', ...names, ...others),
  );
  if (parts.includes('entries')) {
    await step('strict types, skipLibCheck false', () => typeCheck(project, entries));
    await step(`${entries.length} entries imported and required`, () => load(project, entries));
  }
  if (!parts.includes('pipeline')) return;
  await step('a model learns a fold of a phantom set', () => trainElsewhere(project, env, project));
  await step('one line in an empty folder', () => predictInOneLine(join(work, 'empty'), env, project));
  await step('the examples of the READMEs', () => runReadmes(project, names, env));
}
