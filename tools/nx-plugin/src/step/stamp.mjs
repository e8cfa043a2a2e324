import { createHash } from 'node:crypto';
import {
  createReadStream,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * What a step left behind the last time that it ended well. It lies beside the files (`<folder>/.stamps/<target>.json`),
 * because these may be outside the workspace, where Nx neither keeps nor restores anything.
 *
 * @typedef {{ readonly path: string, readonly size: number, readonly mtimeMs: number }} Product
 * @typedef {{
 *   readonly key: string,
 *   readonly identity: string,
 *   readonly products: readonly Product[],
 * }} Stamp
 * `key`: the hash under which Nx knows that run; `identity`: of the contents, for the steps that read them.
 *
 * @typedef {{ readonly folder: string, readonly products: readonly string[] }} StepOutputs
 */

/** @param {string} workspaceRoot */
export function rootFolder(workspaceRoot) {
  return resolve(workspaceRoot, process.env['ICHOR_ROOT'] || '.');
}

/**
 * @param {string} workspaceRoot
 * @param {StepOutputs} outputs
 * @param {string} target
 */
export function stampPath(workspaceRoot, { folder }, target) {
  return join(rootFolder(workspaceRoot), folder, '.stamps', `${target}.json`);
}

/**
 * @param {string} path
 * @returns {Stamp | undefined} undefined when there is none, or one that cannot be read
 */
export function readStamp(path) {
  try {
    const stamp = JSON.parse(readFileSync(path, 'utf8'));
    return typeof stamp.key === 'string' &&
      typeof stamp.identity === 'string' &&
      Array.isArray(stamp.products)
      ? stamp
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether the files are still those of the stamp: same names, sizes, times.
 *
 * @param {Stamp} stamp
 * @param {string} workspaceRoot
 * @param {StepOutputs} outputs
 */
export function isIntact(stamp, workspaceRoot, outputs) {
  const now = findProducts(workspaceRoot, outputs);
  return JSON.stringify(now.found) === JSON.stringify(stamp.products) && now.missing.length === 0;
}

/**
 * @param {string} workspaceRoot
 * @param {StepOutputs} outputs
 * @returns {{ found: Product[], missing: string[] }} files by name, and the patterns that match none
 */
export function findProducts(workspaceRoot, { folder, products }) {
  const absolute = join(rootFolder(workspaceRoot), folder);
  /** @type {string[]} */
  let names = [];
  try {
    names = readdirSync(absolute).sort();
  } catch {
    // No folder, no files.
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

/** @param {string} pattern */
function matcher(pattern) {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^.]*')}$`);
}

/**
 * @param {string} workspaceRoot
 * @param {StepOutputs} outputs
 * @param {string} target
 * @param {string} key
 * @returns {Promise<string[]>} what is missing; nothing is written then
 */
export async function writeStamp(workspaceRoot, outputs, target, key) {
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
  /** @type {Stamp} */
  const stamp = { key, identity: digest.digest('hex').slice(0, 32), products: found };
  const path = stampPath(workspaceRoot, outputs, target);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(`${path}.tmp-${process.pid}`, `${JSON.stringify(stamp, null, 1)}\n`);
  renameSync(`${path}.tmp-${process.pid}`, path);
  return [];
}
