import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { computeFeatures, PREDICTION_FEATURES } from '@ichor/stacking';
import { LABELS } from '@ichor/tables';
import { median } from '../preprocess/median.js';
import { makeUp } from './made-up.js';

export interface Timing {
  readonly seconds: number;
  /** Of user and system, which a busy machine changes less. */
  readonly cpuSeconds: number;
}

export interface FeatureDuel {
  readonly rows: number;
  readonly models: number;
  readonly columns: number;
  /** Median of four runs, two before and two after the peer. */
  readonly own: Timing;
  readonly peer: Timing;
  readonly pandas: string;
  /** Largest difference over the columns of one model, relative to values above 1. */
  readonly worst: { readonly feature: string; readonly difference: number };
}

/** The same features of the same predictions, here and by pandas, one after the other. */
export async function duelFeatures(rows: number, models: number): Promise<FeatureDuel> {
  const { slices, predictions, studies, patients } = makeUp(rows, models);
  const selection = { models: predictions.models, features: PREDICTION_FEATURES, positionOrd: false };
  const folder = await mkdtemp(join(tmpdir(), 'ichor-stacking-'));
  try {
    const flat = predictions.columns.flat().map(({ buffer }) => new Uint8Array(buffer));
    await writeFile(join(folder, 'predictions.f32'), Buffer.concat(flat));
    await writeFile(join(folder, 'study.txt'), studies.join('\n'));
    await writeFile(join(folder, 'patient.txt'), patients.join('\n'));

    // Before and after the peer, so that other load on the machine affects both equally.
    const own: Timing[] = [];
    const run = () => {
      const start = performance.now();
      const cpu = process.cpuUsage();
      const made = computeFeatures(slices, predictions, selection);
      const { user, system } = process.cpuUsage(cpu);
      own.push({ seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6 });
      return made;
    };
    run();
    run();
    const python = process.env['PYTHON'] ?? 'python3';
    const script = fileURLToPath(new URL('../../peers/stacking.py', import.meta.url));
    const { stdout } = await promisify(execFile)(python, [script, folder, String(rows), String(models)]);
    const peer = JSON.parse(stdout) as { names: string[]; pandas: string } & Timing;
    run();
    const matrix = run();
    const theirs = new Float32Array((await readFile(join(folder, 'pandas.f32'))).buffer);
    return {
      rows,
      models,
      columns: matrix.names.length,
      own: {
        seconds: median(own.map(({ seconds }) => seconds)),
        cpuSeconds: median(own.map(({ cpuSeconds }) => cpuSeconds)),
      },
      peer: { seconds: peer.seconds, cpuSeconds: peer.cpuSeconds },
      pandas: peer.pandas,
      worst: compare(matrix.data, matrix.names.length, theirs, peer.names, rows),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** @param theirs feature, label, slice */
function compare(
  ours: Float32Array,
  columns: number,
  theirs: Float32Array,
  names: readonly string[],
  rows: number,
): FeatureDuel['worst'] {
  let worst = { feature: '', difference: 0 };
  names.forEach((feature, f) => {
    const index = PREDICTION_FEATURES.findIndex((name) => name === feature);
    for (let label = 0; label < LABELS.length; label++) {
      for (let row = 0; row < rows; row++) {
        const a = ours[row * columns + label * PREDICTION_FEATURES.length + index]!;
        const b = theirs[(f * LABELS.length + label) * rows + row]!;
        if (Number.isNaN(a) && Number.isNaN(b)) continue;
        const difference = Math.abs(a - b) / Math.max(1, Math.abs(b));
        if (!(difference <= worst.difference)) worst = { feature, difference };
      }
    }
  });
  return worst;
}
