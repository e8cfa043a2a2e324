import { createHash } from 'node:crypto';
import {
  createReadStream,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { readVariable } from '@ichor/files';

interface Product {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/**
 * The record of the last successful run of a step. It is in the folder of the files (`.stamps/<target>.json`),
 * because these may be outside the workspace, where Nx neither keeps nor restores anything.
 */
export interface Stamp {
  /** The hash under which Nx knows that run. */
  readonly key: string;
  /** Of the contents, for the steps that read them. */
  readonly identity: string;
  readonly products: readonly Product[];
}

export interface StepOutputs {
  /** Relative to ICHOR_ROOT. */
  readonly folder: string;
  /** Names; `*` matches any part of a name. */
  readonly products: readonly string[];
}

export function rootFolder(workspaceRoot: string): string {
  return resolve(workspaceRoot, readVariable('root') ?? '.');
}

export function stampPath(
  workspaceRoot: string,
  { folder }: Pick<StepOutputs, 'folder'>,
  target: string,
): string {
  return join(rootFolder(workspaceRoot), folder, '.stamps', `${target}.json`);
}

/** @returns undefined when there is none, or one that cannot be read */
export function readStamp(path: string): Stamp | undefined {
  try {
    const stamp = JSON.parse(readFileSync(path, 'utf8'));
    return typeof stamp.key === 'string' &&
      typeof stamp.identity === 'string' &&
      Array.isArray(stamp.products)
      ? stamp
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || isNotThere(error)) return undefined;
    throw error;
  }
}

/** Whether the files are still those of the stamp: same names, sizes, times. */
export function isIntact(stamp: Stamp, workspaceRoot: string, outputs: StepOutputs): boolean {
  const now = findProducts(workspaceRoot, outputs);
  return JSON.stringify(now.found) === JSON.stringify(stamp.products) && now.missing.length === 0;
}

/** @returns files by name, and the patterns that match none */
function findProducts(
  workspaceRoot: string,
  { folder, products }: StepOutputs,
): { found: Product[]; missing: string[] } {
  const absolute = join(rootFolder(workspaceRoot), folder);
  let names: string[] = [];
  try {
    names = readdirSync(absolute).sort();
  } catch (error) {
    // No folder, no files. One that cannot be listed may hold any.
    if (!isNotThere(error)) throw error;
  }
  const patterns = products.map((pattern) => ({ pattern, matches: matcher(pattern) }));
  const found = names
    .filter((name) => !name.includes('.tmp-') && patterns.some(({ matches }) => matches.test(name)))
    .map((name) => {
      const { size, mtimeMs } = statSync(join(absolute, name));
      return { path: `${folder}/${name}`, size, mtimeMs };
    });
  const missing = patterns
    .filter(({ matches }) => !names.some((name) => matches.test(name)))
    .map(({ pattern }) => `${folder}/${pattern}`);
  return { found, missing };
}

function isNotThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function matcher(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^.]*')}$`);
}

/** @returns what is missing; nothing is written then */
export async function writeStamp(
  workspaceRoot: string,
  outputs: StepOutputs,
  target: string,
  key: string,
): Promise<string[]> {
  const { found, missing } = findProducts(workspaceRoot, outputs);
  if (missing.length > 0) return missing;
  const digest = createHash('sha256');
  for (const { path } of found) {
    // Manifests hold times and machines, which do not matter to the steps that read the numbers.
    if (path.endsWith('.json') || path.endsWith('.jsonl') || path.endsWith('.html')) continue;
    const content = createHash('sha256');
    await pipeline(
      createReadStream(join(rootFolder(workspaceRoot), path), { highWaterMark: 1 << 20 }),
      content,
    );
    digest.update(`${path} ${content.digest('hex')}\n`);
  }
  const stamp: Stamp = { key, identity: digest.digest('hex').slice(0, 32), products: found };
  const path = stampPath(workspaceRoot, outputs, target);
  mkdirSync(join(path, '..'), { recursive: true });
  // Partial files of a killed run: no other process writes the stamp of this step.
  for (const name of readdirSync(dirname(path)))
    if (name.startsWith(`${basename(path)}.tmp-`)) rmSync(join(dirname(path), name), { force: true });
  writeFileSync(`${path}.tmp-${process.pid}`, `${JSON.stringify(stamp, null, 1)}\n`);
  renameSync(`${path}.tmp-${process.pid}`, path);
  return [];
}
