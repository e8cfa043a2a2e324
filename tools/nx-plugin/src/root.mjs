import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';

/** Where links to root folders outside the workspace are kept; git-ignored. */
const LINKS = '.ichor';

/**
 * The folder that holds `input/`, `intermediate_output/` and `output/`, as a path below the workspace.
 *
 * Nx keeps and restores only files below the workspace. A root elsewhere gets a link below `.ichor/`, through which
 * Nx reaches the files; the link is named after the target, so that two roots never share a path.
 *
 * @param {string} workspaceRoot
 * @param {string | undefined} named the value of ICHOR_ROOT
 * @returns {string} relative to the workspace, with forward slashes; '' for the workspace itself
 */
export function rootInWorkspace(workspaceRoot, named) {
  if (named === undefined || named === '') return '';
  const root = resolve(workspaceRoot, named);
  const inside = relative(workspaceRoot, root);
  const outside = inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside);
  if (!outside) return inside.split(sep).join('/');
  const name = createHash('sha256').update(root).digest('hex').slice(0, 12);
  link(join(workspaceRoot, LINKS, name), root);
  return `${LINKS}/${name}`;
}

/**
 * @param {string} path
 * @param {string} target
 */
function link(path, target) {
  try {
    if (readlinkSync(path) === target) return;
  } catch {
    // Not there yet, or not a link.
  }
  mkdirSync(join(path, '..'), { recursive: true });
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) rmSync(path);
  try {
    symlinkSync(target, path, 'junction');
  } catch (error) {
    // Two Nx processes may come here at once; both make the same link.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
