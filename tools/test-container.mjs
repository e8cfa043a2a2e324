/**
 * `npm run test:container`: builds the image of containers/Dockerfile with buildah on a base of this machine, and uses it there as
 * a user without rights: the health check, and the prediction of a phantom study. Needs root, buildah and mmdebstrap (Debian),
 * Debian's archive and the registry of npm. The base of the Dockerfile itself comes from a registry of images, so it is replaced
 * by a bare Debian with the Node of this machine; containers need not be startable: everything runs by chroot.
 *
 * --base FILE takes a root file system (.tar) instead of making one; --keep leaves the storage and prints its name.
 */
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { base: { type: 'string' }, keep: { type: 'boolean' } } });
const root = fileURLToPath(new URL('..', import.meta.url));
const work = await mkdtemp(join(tmpdir(), 'ichor-container-'));
const storage = ['--root', join(work, 'storage'), '--runroot', join(work, 'run'), '--storage-driver', 'vfs'];
const buildah = (command, ...args) => output('buildah', [...storage, command, ...args]);

try {
  const base = values.base ?? join(work, 'base.tar');
  if (values.base === undefined) {
    await step('a bare Debian', () =>
      output('mmdebstrap', ['--variant=minbase', '--include=libstdc++6,ca-certificates', 'bookworm', base]),
    );
  }
  await step('with the Node of this machine', () => makeBase(base));
  const registry = await registryArguments();
  await step('the image', () =>
    buildah(
      'bud',
      ...['--isolation', 'chroot', '--format', 'docker', '--target', 'cpu', '--tag', 'ichor', '--pull-never'],
      ...['--build-arg', 'BASE=localhost/ichor-base', ...registry],
      ...['--file', join(root, 'containers', 'Dockerfile'), root],
    ),
  );
  await checkSettings();
  const container = (await buildah('from', '--pull-never', 'localhost/ichor')).trim();
  const mounted = (await buildah('mount', container)).trim();
  process.stdout.write(
    `  ${await size(mounted)} in all, ${await size(join(mounted, 'opt'))} of it Ichor and its packages\n`,
  );
  const data = join(mounted, 'data');
  await mkdir(data, { recursive: true });
  await output('chown', ['1000:1000', data]);
  const kernel = ['proc', 'dev'];
  for (const name of kernel) await output('mount', ['--bind', `/${name}`, join(mounted, name)]);
  try {
    await step('ichor doctor, the health check', async () => {
      const found = JSON.parse(await inside(mounted, 'ichor', 'doctor', '--json'));
      if (!found.some(({ provider, works }) => provider === 'cpu' && works))
        throw new Error('the CPU does not work');
    });
    await step('a phantom study predicted', async () => {
      const set = ['--patients', '2', '--test-patients', '1', '--size', '64'];
      await inside(mounted, 'ichor', 'phantom', '--out', '/data/phantom', ...set);
      await inside(
        mounted,
        'ichor',
        'predict',
        '/data/phantom/input/stage_2_test_images',
        '--out',
        '/data/results',
      );
      const results = await readdir(join(data, 'results'));
      const studies = await readFile(join(data, 'results', 'studies.csv'), 'utf8');
      if (studies.trim().split('\n').length < 2) throw new Error(`no study in ${results.join(', ')}`);
    });
  } finally {
    for (const name of kernel) await output('umount', [join(mounted, name)]);
  }
} finally {
  if (values.keep) process.stdout.write(`${work}\n`);
  else await rm(work, { recursive: true, force: true });
}

/** Debian, the Node and the npm that run here: what `node:20-bookworm-slim` holds. */
async function makeBase(tar) {
  const container = (await buildah('from', 'scratch')).trim();
  await buildah('add', container, tar, '/');
  const mounted = (await buildah('mount', container)).trim();
  const bin = join(mounted, 'usr', 'local', 'bin');
  await cp(await realpath(process.execPath), join(bin, 'node'));
  const npm = dirname(dirname(await realpath((await output('which', ['npm'])).trim())));
  const modules = join(mounted, 'usr', 'local', 'lib', 'node_modules');
  await mkdir(modules, { recursive: true });
  await cp(npm, join(modules, 'npm'), { recursive: true });
  for (const program of ['npm', 'npx'])
    await output('ln', ['-sf', `../lib/node_modules/npm/bin/${program}-cli.js`, join(bin, program)]);
  await buildah('commit', '--format', 'docker', container, 'localhost/ichor-base');
  await buildah('rm', container);
}

/** How npm reaches its registry from here, for the stage of the build alone. */
async function registryArguments() {
  const registry = (await output('npm', ['config', 'get', 'registry'])).trim();
  const certificates = process.env.NODE_EXTRA_CA_CERTS;
  return [
    ...['--build-arg', `npm_config_registry=${registry}`],
    ...(certificates === undefined
      ? []
      : [
          ...['--build-arg', `NODE_EXTRA_CA_CERTS=${certificates}`],
          ...['--volume', `${certificates}:${certificates}:ro`],
        ]),
  ];
}

/** No rights, a volume, a health check: what the page says of the image. */
async function checkSettings() {
  const { Docker } = JSON.parse(await buildah('inspect', '--type', 'image', 'localhost/ichor'));
  const { User, Volumes, Env, Healthcheck } = Docker.config;
  if (User !== '1000:1000') throw new Error(`it runs as ${User}`);
  if (Volumes?.['/data'] === undefined || !Env.includes('ICHOR_ROOT=/data'))
    throw new Error('no volume for ICHOR_ROOT');
  if (Healthcheck?.Test?.join(' ') !== 'CMD ichor doctor') throw new Error('no health check');
}

/** Runs a program in the root, as the user of the image and with its environment. */
function inside(folder, ...command) {
  const path = '/opt/ichor/node_modules/.bin:/usr/local/bin:/usr/bin:/bin';
  const env = [`PATH=${path}`, 'ICHOR_ROOT=/data', 'HOME=/tmp', 'NODE_ENV=production'];
  return output('chroot', ['--userspec=1000:1000', folder, '/usr/bin/env', '-i', ...env, ...command]);
}

async function size(folder) {
  return `${(await output('du', ['-sm', '-x', folder])).split('\t')[0]} MB`;
}

async function step(what, action) {
  const start = performance.now();
  await action();
  process.stdout.write(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
}

/** Standard output of a program; what it said is in the error when it fails. */
function output(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.on('data', (text) => (out += text));
    child.stderr.on('data', (text) => (err += text));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0
        ? resolve(out)
        : reject(new Error(`${program} ${args.at(-1)}: ${out.slice(-2000)}${err.slice(-2000)}`)),
    );
  });
}
