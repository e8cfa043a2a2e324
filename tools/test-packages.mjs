/**
 * `npm run test:packages`: publishes every package to a registry on this machine (verdaccio), installs all into an empty project
 * outside the repository and uses them there as their users do. Needs the registry of npm, for the tools and the dependencies.
 *
 * --keep leaves the folder and prints its name.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { packageFolders } from '@ichor/nx-plugin/package-folders';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const work = await mkdtemp(join(tmpdir(), 'ichor-packages-'));
const keep = process.argv.includes('--keep');

/** Not in the lockfile: they are 400 packages that nothing else needs. */
const tools = ['verdaccio@6.1.6', 'publint@0.3.25', '@arethetypeswrong/cli@0.18.5'];

/** Entries for tests, which need what only this repository installs. */
const needsMore = { '@ichor/report/testing': 'playwright-core' };

const packages = [];
for (const folder of packageFolders(root, ['libs', 'apps'])) {
  const manifest = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
  if (manifest.private !== true) packages.push({ folder: join(root, folder), ...manifest });
}
const entries = packages
  .flatMap(({ name, exports = {} }) => Object.keys(exports).map((entry) => name + entry.slice(1)))
  .filter((entry) => !(entry in needsMore));

let registry;
try {
  await mkdir(join(work, 'tools'));
  // verdaccio asks for the tag `cjs` of node-fetch, and mirrors of the registry have no tags but `latest`.
  const overrides = { 'node-fetch': '2.7.0' };
  await writeFile(join(work, 'tools', 'package.json'), JSON.stringify({ private: true, overrides }));
  await step('tools installed', () =>
    npmIn(join(work, 'tools'), process.env, 'install', '--ignore-scripts', ...tools),
  );
  registry = await startRegistry();
  const env = { ...process.env, npm_config_registry: registry.url, npm_config_cache: join(work, 'cache') };
  await writeFile(join(work, '.npmrc'), `${registry.url.replace('http:', '')}:_authToken=anybody\n`);
  env.npm_config_userconfig = join(work, '.npmrc');
  const tarballs = join(work, 'tarballs');
  await mkdir(tarballs);
  await step(`${packages.length} packages published`, () =>
    eachOf(packages, async ({ folder }) => {
      await run('npm', ['pack', '--ignore-scripts', '--pack-destination', tarballs], { cwd: folder, env });
      await run('npm', ['publish', '--ignore-scripts', '--provenance=false'], { cwd: folder, env });
    }),
  );
  await sizes(tarballs);
  const files = (await readdir(tarballs)).map((file) => join(tarballs, file));
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

  const project = join(work, 'project');
  await mkdir(project);
  await writeFile(
    join(project, 'package.json'),
    JSON.stringify({ name: 'elsewhere', private: true, type: 'module' }),
  );
  const names = packages.map(({ name }) => name);
  await step('all packages installed', () =>
    npmIn(
      project,
      env,
      'install',
      '--ignore-scripts',
      ...names,
      'dicom-parser',
      'typescript@5.9',
      '@types/node@20',
    ),
  );
  await stat(join(project, 'node_modules', '@tensorflow')).then(
    () => Promise.reject(new Error('TensorFlow.js is in the default install')),
    () => undefined,
  );
  await step('strict types, skipLibCheck false', () => typeCheck(project));
  await step(`${entries.length} entries imported and required`, () => load(project));
  await step('a model trains a fold of a phantom set', () =>
    trainElsewhere(env, join(work, 'empty'), project),
  );
} finally {
  registry?.process.kill();
  if (keep) process.stdout.write(`${work}\n`);
  else await rm(work, { recursive: true, force: true });
}

async function step(what, action) {
  const start = performance.now();
  try {
    await action();
  } catch (cause) {
    throw new Error(`${what}: ${cause.stdout ?? ''}${cause.stderr ?? ''}`, { cause });
  }
  process.stdout.write(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
}

function npmIn(cwd, env, ...args) {
  return run('npm', [...args, '--no-audit', '--no-fund'], { cwd, env });
}

/** Four at a time. */
async function eachOf(items, action) {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await action(item);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
}

async function startRegistry() {
  const port = await freePort();
  const { stdout } = await run('npm', ['config', 'get', 'registry'], { cwd: root });
  const config = {
    storage: join(work, 'storage'),
    auth: { htpasswd: { file: join(work, 'htpasswd') } },
    uplinks: { upstream: { url: stdout.trim(), timeout: '120s' } },
    packages: {
      '@ichor/*': { access: '$all', publish: '$all', unpublish: '$all' },
      '**': { access: '$all', proxy: 'upstream' },
    },
    max_body_size: '200mb',
    log: { type: 'stdout', format: 'pretty', level: 'error' },
  };
  const file = join(work, 'verdaccio.yaml');
  await writeFile(file, JSON.stringify(config)); // JSON is YAML
  const url = `http://127.0.0.1:${port}/`;
  const program = join(work, 'tools', 'node_modules', '.bin', 'verdaccio');
  const child = spawn(program, ['--config', file, '--listen', `127.0.0.1:${port}`], { stdio: 'inherit' });
  for (let tries = 0; tries < 120; tries++) {
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (
      await fetch(`${url}-/ping`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return { url, process: child };
  }
  child.kill();
  throw new Error('the registry did not start');
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function sizes(folder) {
  const found = [];
  for (const file of await readdir(folder)) found.push([(await stat(join(folder, file))).size, file]);
  found.sort(([a], [b]) => b - a);
  const all = found.reduce((sum, [size]) => sum + size, 0);
  process.stdout.write(`  ${(all / 1024).toFixed(0)} KiB in all; the largest:\n`);
  for (const [size, file] of found.slice(0, 5))
    process.stdout.write(`  ${(size / 1024).toFixed(0)} KiB ${file}\n`);
}

async function typeCheck(project) {
  const imports = entries.map((entry, at) => `import * as entry${at} from '${entry}';`);
  const used = `export const all = [${entries.map((_, at) => `entry${at}`).join(', ')}];`;
  const settings =
    "import { app } from '@ichor/se-resnext-410';\nexport const size: number = app.model.imageSize;\n" +
    '// @ts-expect-error: settings have types\nexport const wrong: string = app.model.imageSize;\n';
  await writeFile(join(project, 'all.ts'), [...imports, used].join('\n'));
  await writeFile(join(project, 'settings.ts'), settings);
  // The same from CommonJS.
  await writeFile(
    join(project, 'all.cts'),
    settings
      .replace("{ app } from '@ichor/se-resnext-410'", "models = require('@ichor/se-resnext-410')")
      .replaceAll('app.', 'models.app.'),
  );
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2023',
    lib: ['es2023'],
    types: ['node'],
    strict: true,
    skipLibCheck: false,
    noEmit: true,
  };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  await run(join(project, 'node_modules', '.bin', 'tsc'), ['-p', project]);
}

/** In plain JavaScript, as modules and from CommonJS; standard error must stay empty. */
async function load(project) {
  await writeFile(join(project, 'load.mjs'), entries.map((entry) => `await import('${entry}');`).join('\n'));
  await writeFile(join(project, 'load.cjs'), entries.map((entry) => `require('${entry}');`).join('\n'));
  for (const file of ['load.mjs', 'load.cjs']) {
    const { stderr } = await run(process.execPath, ['--no-warnings=ExperimentalWarning', file], {
      cwd: project,
    });
    if (stderr !== '') throw new Error(`${file} wrote to standard error: ${stderr}`);
  }
}

async function trainElsewhere(env, data, project) {
  const program = (name, ...args) =>
    run(join(project, 'node_modules', '.bin', name), args, {
      cwd: project,
      env: { ...env, ICHOR_ROOT: data },
    });
  await program(
    'ichor',
    'phantom',
    '--out',
    data,
    '--patients',
    '12',
    '--test-patients',
    '2',
    '--size',
    '64',
    '--overwrite',
  );
  await program('ichor', 'preprocess');
  await run(
    'npx',
    [
      '--no-install',
      '@ichor/se-resnext-410',
      'train',
      '--root',
      data,
      '--fold',
      '0',
      '--config',
      'demo',
      '--epochs',
      '1',
      '--limit',
      '16',
    ],
    { cwd: project, env },
  );
}
