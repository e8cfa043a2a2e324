import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { valueOf } from './arguments.js';
import { isIntact, readStamp, stampPath, type Stamp, type StepOutputs } from './stamp.js';

/** A step that another one waits for. */
export interface UpstreamStep {
  /** As in the graph of tasks. */
  readonly id: string;
  readonly target: string;
  readonly outputs: StepOutputs;
}

/** What decides whether a run of a step is still valid, except for the files that it wrote. */
export interface StepInputs {
  /** Of code, settings and data, as Nx computes it. */
  readonly hash: string;
  /** Sorted by id: their contents count. */
  readonly upstream: readonly UpstreamStep[];
  /** Content of the file of settings. */
  readonly settings: string;
}

/** What the keys of all valid runs of a step begin with. */
export function baseKey(workspaceRoot: string, { hash, upstream, settings }: StepInputs): string {
  const identities = upstream.map(
    ({ id, outputs, target }) =>
      `${id} ${readStamp(stampPath(workspaceRoot, outputs, target))?.identity ?? 'none'}`,
  );
  return createHash('sha256')
    .update([hash, ...identities, settings].join('\n'))
    .digest('hex')
    .slice(0, 24);
}

/** The key of a run that is not there yet. */
export function newKey(base: string): string {
  return `${base}-${randomBytes(6).toString('hex')}`;
}

/** The stamp of a run with these inputs whose files are still there. */
export function validStamp(
  workspaceRoot: string,
  outputs: StepOutputs,
  target: string,
  base: string,
): Stamp | undefined {
  const stamp = readStamp(stampPath(workspaceRoot, outputs, target));
  return stamp?.key.startsWith(`${base}-`) === true && isIntact(stamp, workspaceRoot, outputs)
    ? stamp
    : undefined;
}

/** The content of the file that `--config` names; '' where it names none, or one that the program will refuse. */
export function settingsFile(workspaceRoot: string, words: readonly string[]): string {
  const config = valueOf(words, 'config') ?? '';
  const file = resolve(process.env['INIT_CWD'] ?? workspaceRoot, config);
  return /\.(ya?ml|json)$/i.test(config) && existsSync(file) ? readFileSync(file, 'utf8') : '';
}
