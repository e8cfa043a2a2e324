import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createGbdtEngine, locateLibrary, type FeatureMatrix } from '@ichor/gbdt';
import { computeFeatures } from '@ichor/stacking';
import { makeUp } from './made-up.js';
import { treeParameters } from './tree-parameters.js';

export interface TreeDuel {
  readonly rows: number;
  readonly columns: number;
  readonly rounds: number;
  /** Seconds of the rounds alone, as LightGBM's own log tells them. */
  readonly commandLine: number;
  readonly here: number;
  /** Binning the features: ours from memory; the command line reads text as well. */
  readonly load: { readonly commandLine: number; readonly here: number };
  readonly sameTrees: boolean;
}

interface Seconds {
  readonly load: number;
  readonly rounds: number;
}

const parameters = { ...treeParameters, threads: 2 };

/**
 * LightGBM through the C API compared with its own command line on the same data.
 *
 * @returns undefined if the library or its command line has not been built
 */
export async function duelTrees(rows: number, rounds: number): Promise<TreeDuel | undefined> {
  const library = locateLibrary();
  const program = library === undefined ? '' : join(dirname(library), 'lightgbm');
  if (!existsSync(program)) return undefined;
  const { slices, predictions } = makeUp(rows, 2);
  const features = [
    'prediction',
    'study-max',
    'study-mean',
    'minus-mean',
    'rolling-mean-3',
    'rolling-max-9',
  ] as const;
  const matrix = computeFeatures(slices, predictions, {
    models: predictions.models,
    features,
    positionOrd: false,
  });
  const labels = Float32Array.from({ length: rows }, (_, row) => {
    const at = row * matrix.names.length;
    return matrix.data[at]! + matrix.data[at + 36]! > 0.5 ? 1 : 0;
  });
  const folder = await mkdtemp(join(tmpdir(), 'ichor-lightgbm-'));
  try {
    await writeText(join(folder, 'train.csv'), matrix, labels);
    // In turn, twice each; the faster of both counts.
    const runs: { readonly commandLine: Seconds; readonly here: Seconds }[] = [];
    for (let turn = 0; turn < 2; turn++) {
      runs.push({
        commandLine: await runCommandLine(program, folder, rounds),
        here: await runHere(join(folder, 'here.txt'), matrix, labels, rounds),
      });
    }
    const least = (pick: (run: (typeof runs)[number]) => number) => Math.min(...runs.map(pick));
    return {
      rows,
      columns: matrix.names.length,
      rounds,
      commandLine: least((run) => run.commandLine.rounds),
      here: least((run) => run.here.rounds),
      load: { commandLine: least((run) => run.commandLine.load), here: least((run) => run.here.load) },
      sameTrees: (await trees(join(folder, 'model.txt'))) === (await trees(join(folder, 'here.txt'))),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function runHere(
  path: string,
  matrix: FeatureMatrix,
  labels: Float32Array,
  rounds: number,
): Promise<Seconds> {
  const engine = await createGbdtEngine('lightgbm');
  const start = performance.now();
  const train = engine.dataset(matrix, { parameters });
  train.setLabels(labels);
  const loaded = performance.now();
  const model = await engine.train({ train, parameters, rounds });
  const end = performance.now();
  await model.save(path);
  model.dispose();
  train.dispose();
  return { load: (loaded - start) / 1000, rounds: (end - loaded) / 1000 };
}

async function runCommandLine(program: string, folder: string, rounds: number): Promise<Seconds> {
  const { stdout } = await promisify(execFile)(
    program,
    [
      'task=train',
      'data=train.csv',
      'output_model=model.txt',
      `num_iterations=${rounds}`,
      'objective=binary',
      `learning_rate=${parameters.learningRate}`,
      `num_leaves=${parameters.leaves}`,
      `max_bin=${parameters.maxBin}`,
      `feature_fraction=${parameters.featureFraction}`,
      `min_data_in_leaf=${parameters.minDataInLeaf}`,
      `min_sum_hessian_in_leaf=${parameters.minSumHessianInLeaf}`,
      `num_threads=${parameters.threads}`,
      'seed=0',
      'deterministic=true',
      'force_col_wise=true',
      'precise_float_parser=true',
      'is_provide_training_metric=false',
    ],
    {
      cwd: folder,
      maxBuffer: 64 * 2 ** 20,
      env: { ...process.env, OMP_WAIT_POLICY: process.env['OMP_WAIT_POLICY'] ?? 'PASSIVE' },
    },
  );
  const load = /Finished loading data in ([\d.]+) seconds/.exec(stdout)?.[1];
  const elapsed = [...stdout.matchAll(/([\d.]+) seconds elapsed, finished iteration/g)].at(-1)?.[1];
  return { load: Number(load), rounds: Number(elapsed) };
}

async function writeText(path: string, matrix: FeatureMatrix, labels: Float32Array): Promise<void> {
  const file = await open(path, 'w');
  const width = matrix.names.length;
  for (let from = 0; from < matrix.rows; from += 1000) {
    const lines: string[] = [];
    for (let row = from; row < Math.min(from + 1000, matrix.rows); row++) {
      const values = Array.from(matrix.data.subarray(row * width, (row + 1) * width), (value) =>
        Number.isNaN(value) ? 'nan' : String(value),
      );
      lines.push(`${labels[row]},${values.join(',')}\n`);
    }
    await file.writeFile(lines.join(''));
  }
  await file.close();
}

async function trees(path: string): Promise<string> {
  const text = await readFile(path, 'utf8');
  return text.slice(text.indexOf('\nTree=0'), text.indexOf('end of trees'));
}
