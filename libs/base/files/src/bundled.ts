import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Folder of the bundles of a workspace, relative to it. `npm run build` fills it. */
export const BUNDLES = join('dist', 'programs');
/** The list of what is there. */
export const BUNDLE_LIST = 'list.json';

/** A file at the root of a workspace: folders above it, where others may write, are not looked into. */
const WORKSPACE = 'nx.json';

/** What `dist/programs/list.json` says. Paths of modules are relative to the workspace. */
export interface BundleList {
  /** Compiled modules that were bundled: path, size in bytes, time of modification in ms, SHA-256. */
  readonly modules: readonly (readonly [path: string, size: number, modified: number, sha256: string])[];
  /** By the path of the module that may be replaced. */
  readonly entries: Readonly<
    Record<
      string,
      {
        /** Relative to `dist/programs`. */
        readonly file: string;
        /** Indices of all modules that it may load, at once or later. */
        readonly modules: readonly number[];
      }
    >
  >;
}

/**
 * The bundle of a compiled module and of what it imports, or the module itself where there is no bundle or it is older than
 * one of its modules. A program that loads 500 modules starts in a third of the time if they are one file.
 *
 * Installed packages have no bundles. A damaged list, or a bundle that is gone, is as good as none. Sizes and times of the modules
 * are compared in every call; the content too where only the time differs, as after Nx has restored a build.
 *
 * @param module URL of a compiled module of a workspace
 */
export function bundled(module: URL): URL {
  if (module.protocol !== 'file:') return module;
  const path = fileURLToPath(module);
  for (let root = dirname(path); basename(root) !== 'node_modules'; root = dirname(root)) {
    if (existsSync(join(root, WORKSPACE))) {
      const list = readList(join(root, BUNDLES, BUNDLE_LIST));
      return (list && bundleIn(root, list, path)) ?? module;
    }
    if (dirname(root) === root) break;
  }
  return module;
}

/**
 * Loads a compiled module, from its bundle if there is one.
 *
 * @param module its URL
 */
export async function importBundled<Module>(module: URL): Promise<Module> {
  return (await import(bundled(module).href)) as Module;
}

function bundleIn(root: string, list: BundleList, path: string): URL | undefined {
  const own = relative(root, path).replaceAll('\\', '/');
  const entry = list.entries[own];
  if (entry === undefined || basename(entry.file) !== entry.file) return undefined;
  const bundle = join(root, BUNDLES, entry.file);
  // A bundle that does not name its own module cannot be compared with it.
  if (!entry.modules.some((index) => list.modules[index]?.[0] === own) || !existsSync(bundle))
    return undefined;
  const modules = [...list.modules];
  let touched = false;
  for (const index of entry.modules) {
    const [file, size, modified, sha256] = modules[index] ?? [];
    if (file === undefined || sha256 === undefined) return undefined;
    const found = statSync(join(root, file), { throwIfNoEntry: false });
    if (found === undefined || found.size !== size) return undefined;
    if (found.mtimeMs === modified) continue;
    if (sha256Of(join(root, file)) !== sha256) return undefined;
    modules[index] = [file, size, found.mtimeMs, sha256];
    touched = true;
  }
  if (touched) rewriteList(join(root, BUNDLES, BUNDLE_LIST), { ...list, modules });
  return pathToFileURL(bundle);
}

/** SHA-256 of a file, in hexadecimal digits. */
export function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** With the times of now, so that the next program need not compare contents; it can where this fails. */
function rewriteList(path: string, list: BundleList): void {
  const temporary = `${path}.tmp-${process.pid}`;
  try {
    writeFileSync(temporary, JSON.stringify(list));
    renameSync(temporary, path);
  } catch {
    // A workspace that is read-only.
  }
}

function readList(path: string): BundleList | undefined {
  try {
    const list: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isBundleList(list) ? list : undefined;
  } catch {
    return undefined;
  }
}

function isBundleList(list: unknown): list is BundleList {
  if (!isObject(list) || !Array.isArray(list['modules']) || !isObject(list['entries'])) return false;
  const areModules = list['modules'].every(
    (one) => Array.isArray(one) && one.map((part) => typeof part).join() === 'string,number,number,string',
  );
  return (
    areModules &&
    Object.values(list['entries']).every(
      (entry) => isObject(entry) && typeof entry['file'] === 'string' && isNumbers(entry['modules']),
    )
  );
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isNumbers = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === 'number');
