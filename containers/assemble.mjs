/**
 * `node containers/assemble.mjs FOLDER`: puts the built packages of this repository, as they are published, and the packages that
 * they need, in the versions of the lockfile, into FOLDER/node_modules. Nothing is downloaded. With the engine of this platform
 * alone: the package of onnxruntime has the libraries of five.
 */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, realpath, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [target] = process.argv.slice(2);
if (target === undefined) throw new Error('give the folder to fill');
const modules = join(resolve(target), 'node_modules');

/** What only the install script of onnxruntime-node uses. */
const notNeeded = new Set(['adm-zip', 'global-agent']);

const manifestOf = async (folder) => JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));

/** Files of each workspace as they would be published. */
const packed = new Map(
  JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--workspaces'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    }),
  ).map(({ name, files }) => [name, files.map(({ path }) => path)]),
);

await rm(modules, { recursive: true, force: true });
await mkdir(join(modules, '.bin'), { recursive: true });
const copied = new Set();
for (const name of packed.keys()) {
  const folder = await realpath(join(root, 'node_modules', name));
  const { private: kept } = await manifestOf(folder);
  // The plugin is for workspaces, with Nx.
  if (kept !== true && name !== '@ichor/nx-plugin') await copyPackage(name, folder, join(modules, name));
}
await copyPackage(
  'onnxruntime-node',
  join(root, 'node_modules', 'onnxruntime-node'),
  join(modules, 'onnxruntime-node'),
);
await keepThisPlatform(join(modules, 'onnxruntime-node', 'bin', 'napi-v6'));
process.stdout.write(`${copied.size} packages\n`);

/** Copies a package and what it depends on, at the places where it finds them. */
async function copyPackage(name, folder, to) {
  if (copied.has(to)) return;
  copied.add(to);
  const manifest = await manifestOf(folder);
  const ours = packed.get(name);
  if (ours === undefined) {
    await cp(folder, to, {
      recursive: true,
      filter: (path) => !relative(folder, path).startsWith('node_modules'),
    });
  } else {
    // Maps and their sources are for those who develop.
    const files = ours.filter(
      (path) => !path.startsWith('src/') && !path.endsWith('.map') && !path.endsWith('.d.ts'),
    );
    for (const path of files) {
      await mkdir(dirname(join(to, path)), { recursive: true });
      await cp(join(folder, path), join(to, path));
    }
    // A library that was built here, such as LightGBM.
    const native = join(folder, 'native');
    if (await exists(native)) await cp(native, join(to, 'native'), { recursive: true });
    for (const [program, file] of Object.entries(manifest.bin ?? {})) {
      const link = join(modules, '.bin', program);
      await symlink(relative(dirname(link), join(to, file)), link);
    }
  }
  const { dependencies = {}, optionalDependencies = {} } = manifest;
  for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) {
    if (notNeeded.has(needed)) continue;
    const found = await find(needed, folder);
    if (found !== undefined) await copyPackage(needed, found, placeOf(needed, found));
    else if (!(needed in optionalDependencies))
      throw new Error(`${name} needs ${needed}, which is not installed`);
  }
}

/** Where Node finds a package from a folder. */
async function find(name, from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (await exists(candidate)) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

/** The same place below the target: at the top, or inside the package that alone uses this version. */
function placeOf(name, found) {
  const top = join(root, 'node_modules');
  if (found.startsWith(`${top}/`)) return join(modules, relative(top, found));
  // Inside a workspace: its packages lie at the top of the target.
  const [, inside] = /[\\/]node_modules[\\/](.*)$/.exec(found) ?? [];
  const workspace = found.slice(0, found.indexOf('/node_modules/'));
  const owner = [...packed.keys()].find((key) => workspace.endsWith(`/${key.slice(key.indexOf('/') + 1)}`));
  if (owner === undefined || inside === undefined) throw new Error(`where does ${name} of ${found} go?`);
  return join(modules, owner, 'node_modules', inside);
}

async function keepThisPlatform(folder) {
  for (const system of await readdir(folder)) {
    for (const processor of await readdir(join(folder, system))) {
      if (system !== process.platform || processor !== process.arch)
        await rm(join(folder, system, processor), { recursive: true });
    }
  }
}

function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}
