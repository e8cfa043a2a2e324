import { readManifest } from '@ichor/cli';
import { IchorError, isThere, taskCommand } from '@ichor/files';

/** What decides which slices are in the tables, and in which fold. */
export interface Draw {
  readonly folds: number;
  readonly seed: number;
  readonly minBrainRange: number;
  readonly keepTestSlices: boolean;
}

const names: readonly (keyof Draw)[] = ['folds', 'seed', 'minBrainRange', 'keepTestSlices'];

/**
 * Refuses to replace tables by those of another draw: every fold that was trained belongs to the first. A configuration
 * such as `demo`, which draws two folds, needs a folder of its own.
 *
 * @param manifest of the tables that are there
 * @throws IchorError `preprocess/other-draw`
 */
export async function requireSameDraw(manifest: string, draw: Draw): Promise<void> {
  if (!(await isThere(manifest))) return;
  const { config } = await readManifest(manifest);
  const different = names.filter((name) => config[name] !== draw[name]);
  if (different.length === 0) return;
  const text = (of: (name: keyof Draw) => unknown) =>
    different.map((name) => `${name} ${String(of(name))}`).join(', ');
  throw new IchorError({
    code: 'preprocess/other-draw',
    file: manifest,
    reason: `the tables were drawn with ${text((name) => config[name])}, not with ${text((name) => draw[name])}`,
    remedy:
      'give the same options, set ICHOR_ROOT to another folder (a configuration such as demo needs its own), ' +
      '' +
      `or draw again: ${taskCommand({ project: 'preprocess', target: 'preprocess' })} --redraw; ` +
      'trained models then belong to the old draw',
  });
}
