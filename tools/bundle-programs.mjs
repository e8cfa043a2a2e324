// Bundles the compiled programs of the workspace and their threads into dist/programs: a program that loads 500 modules starts in a
// third of the time if they are a few files. Nothing needs the bundles: see docs/decisions/bundled-programs.md.
//   node tools/bundle-programs.mjs
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { bundled, BUNDLE_LIST, BUNDLES, sha256Of } from '../libs/base/files/dist/bundled.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, BUNDLES);

const config = (/** @type {string} */ app) => `apps/${app}/dist/config.js`;

/** Settings of the apps of a kind. */
const settingsOf = (/** @type {string} */ kind) =>
  readdirSync(join(root, 'apps'))
    .filter((app) => existsSync(join(root, config(app))))
    .filter(
      (app) => JSON.parse(readFileSync(join(root, 'apps', app, 'package.json'), 'utf8')).ichor?.kind === kind,
    )
    .map(config);

/**
 * Modules that `bundled` and `importBundled` are called for, relative to the workspace. Those of a group are loaded by one
 * program, and share what they import: it must be there once. The fewer there are, the fewer files have to be loaded.
 */
const groups = [
  ['libs/pipeline/training/dist/commands/programs.js', ...settingsOf('base-model')],
  ['libs/pipeline/stacking/dist/commands/programs.js', ...settingsOf('stacker')],
  ['apps/ichor/dist/program.js'],
  ['apps/preprocess/dist/program.js'],
  ['apps/preprocess/dist/worker.js'],
  ['apps/submission/dist/program.js'],
  ['libs/learning/runtime/dist/onnxruntime/thread-worker.js'],
  ['libs/pipeline/bundle/dist/check/check-worker.js'],
  ['libs/pipeline/training/dist/input/worker.js'],
];
const entries = groups.flat();

/** Packages that are bundled too. All others stay where they are: they are no ES modules, or have libraries beside them. */
const inside = new Set(['zod', 'fast-png', 'iobuffer', 'fflate']);

/** Programs that run keep what they may still load: no training takes so long. */
const KEPT_DAYS = 30;

/** @param {string} id @param {string | undefined} importer */
function isExternal(id, importer) {
  if (/^[./]/.test(id) || /^\w:[\\/]/.test(id)) return false;
  if (id.startsWith('node:') || importer === undefined) return true;
  const name = id.split('/', id.startsWith('@') ? 2 : 1).join('/');
  if (name.startsWith('@ichor/') || inside.has(name)) return false;
  // A bundle finds it from the root of the workspace, the module from its own folder: it must be the same one.
  for (let at = dirname(importer); at !== root; at = dirname(at))
    if (existsSync(join(at, 'node_modules', name)))
      throw new Error(`${relative(root, importer)} has a ${name} of its own, which a bundle would not find`);
  return true;
}

/** A module looks for files beside itself: it keeps its address. */
const addresses = {
  name: 'addresses',
  /** @param {string} code @param {string} id */
  transform(code, id) {
    if (!code.includes('import.meta.url')) return undefined;
    const address = relative(folder, id).replaceAll('\\', '/');
    const kept = `new URL(${JSON.stringify(address)}, import.meta.url).href`;
    // No line moves, so the lines of the source map stay right.
    return { code: code.replaceAll('import.meta.url', kept), map: null };
  },
};

/** @param {readonly string[]} group @returns {Promise<import('rolldown').OutputChunk[]>} */
async function bundle(group) {
  const name = (/** @type {string} */ entry) =>
    entry.replace('/dist/', '.').replaceAll('/', '.').replace(/\.js$/, '');
  const build = await rolldown({
    input: Object.fromEntries(group.map((entry) => [name(entry), join(root, entry)])),
    platform: 'node',
    external: isExternal,
    plugins: [addresses],
    treeshake: { moduleSideEffects: true },
    logLevel: 'warn',
  });
  try {
    const { output } = await build.generate({
      format: 'esm',
      keepNames: true,
      sourcemap: true,
      // In one folder, so that the addresses of modules are the same from all of them.
      entryFileNames: '[name]-[hash].js',
      chunkFileNames: '[name]-[hash].js',
    });
    return output.filter((file) => file.type === 'chunk');
  } finally {
    await build.close();
  }
}

/** @param {readonly import('rolldown').OutputChunk[][]} bundles @returns {import('../libs/base/files/dist/bundled.js').BundleList} */
function listOf(bundles) {
  /** @type {Map<string, number>} */
  const indices = new Map();
  /** @type {[string, number, number, string][]} */
  const modules = [];
  /** @param {string} id */
  const indexOf = (id) => {
    let index = indices.get(id);
    if (index === undefined) {
      const { size, mtimeMs } = statSync(id);
      index = modules.push([relative(root, id).replaceAll('\\', '/'), size, mtimeMs, sha256Of(id)]) - 1;
      indices.set(id, index);
    }
    return index;
  };
  /** @type {Record<string, { file: string, modules: number[] }>} */
  const found = {};
  for (const chunks of bundles) {
    const byFile = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
    for (const { isEntry, facadeModuleId, fileName } of chunks) {
      if (!isEntry || facadeModuleId === null) continue;
      const reached = new Set([fileName]);
      for (const file of reached) {
        const { imports = [], dynamicImports = [] } = byFile.get(file) ?? {};
        for (const next of [...imports, ...dynamicImports]) if (byFile.has(next)) reached.add(next);
      }
      const ids = [...reached].flatMap((file) => byFile.get(file)?.moduleIds ?? []);
      found[relative(root, facadeModuleId).replaceAll('\\', '/')] = {
        file: fileName,
        // Without those that the bundler has made itself.
        modules: [...new Set(ids.filter((id) => existsSync(id)).map(indexOf))].sort((a, b) => a - b),
      };
    }
  }
  return { modules, entries: found };
}

/** Never half written. @param {string} file @param {string} text */
async function replace(file, text) {
  const temporary = join(folder, `${file}.tmp-${process.pid}`);
  await writeFile(temporary, text);
  await rename(temporary, join(folder, file));
}

const isFresh = entries.every((entry) => {
  const module = pathToFileURL(join(root, entry));
  return bundled(module).href !== module.href;
});
if (!isFresh) {
  const bundles = await Promise.all(groups.map(bundle));
  const chunks = new Map(bundles.flat().map((chunk) => [chunk.fileName, chunk]));
  await mkdir(folder, { recursive: true });
  for (const [file, { code, map }] of chunks) {
    // The name has a hash of the content, so a program that runs may read the same file now.
    await replace(file, `${code}\n//# sourceMappingURL=${file}.map\n`);
    if (map !== null) await replace(`${file}.map`, map.toString());
  }
  const list = listOf(bundles);
  await replace(BUNDLE_LIST, JSON.stringify(list));
  for (const file of await readdir(folder)) {
    if (file === BUNDLE_LIST || chunks.has(file.replace(/\.map$/, ''))) continue;
    const path = join(folder, file);
    if (Date.now() - (await stat(path)).mtimeMs > KEPT_DAYS * 86_400_000) await rm(path);
  }
  const size = [...chunks.values()].reduce((sum, { code }) => sum + code.length, 0);
  process.stdout.write(
    `bundled ${list.modules.length} modules of ${entries.length} programs, threads and settings: ${chunks.size} files, ${(size / 1e6).toFixed(1)} MB\n`,
  );
}
