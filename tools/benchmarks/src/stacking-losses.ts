import { present } from '@ichor/files';
import { createGbdtEngine, type FeatureMatrix } from '@ichor/gbdt';
import { uniformStream } from '@ichor/nn';
import { alignPredictions } from '@ichor/predictions';
import { computeFeatures, lgbmSettings, orderSlices, PREDICTION_FEATURES } from '@ichor/stacking';
import { foldsTable, LABELS, layout, readTable } from '@ichor/tables';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const title = "lgbm-stacking-1 beside the original's script: log losses on the same features";

const MODELS = Array.from({ length: 8 }, (_, model) => `model-${model}`);

/**
 * `ROOT FOLDER`: makes up out-of-fold predictions of eight networks for the slices of ROOT (preprocessed), trains lgbm-stacking-1 on
 * every fold, and leaves features and truth in FOLDER for `peers/original_lgbm.py`.
 */
export async function run([root = '', folder = '']: string[]): Promise<string> {
  const { columns: table } = await readTable(layout(root).preprocessed('train_folds'), foldsTable);
  const slices = orderSlices(table);
  const truth = LABELS.map((label) =>
    Float32Array.from(slices.tableRows, (row) => Number(table[`target_${label}`][row]! >= 0.5)),
  );
  const fold = Array.from(slices.tableRows, (row) => present(table.fold[row]));
  const columns = madeUpPredictions(slices.starts, truth);
  const features = computeFeatures(slices, alignPredictions(MODELS, columns), {
    models: MODELS,
    features: PREDICTION_FEATURES,
    positionOrd: false,
  });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'x.f32'), new Uint8Array(features.data.buffer));
  const y = truth.map((column) => [...column]);
  const meta = { names: features.names, labels: LABELS, ids: slices.ids, fold, y };
  await writeFile(join(folder, 'meta.json'), JSON.stringify(meta));

  const engine = await createGbdtEngine('lightgbm');
  const parameters = { ...lgbmSettings, threads: 1 };
  const losses: object[] = [];
  for (const held of [...new Set(fold)].sort((a, b) => a - b)) {
    const rowsOf = (isHeld: boolean) => fold.flatMap((one, row) => ((one === held) === isHeld ? [row] : []));
    const [trained, validated] = [rowsOf(false), rowsOf(true)];
    const train = engine.dataset(pick(features, trained), { parameters });
    const validMatrix = pick(features, validated);
    const valid = engine.dataset(validMatrix, { parameters, reference: train });
    for (const [index, label] of LABELS.entries()) {
      const of = (rows: readonly number[]) => Float32Array.from(rows, (row) => present(truth[index])[row]!);
      train.setLabels(of(trained));
      valid.setLabels(of(validated));
      const { rounds, earlyStoppingRounds } = lgbmSettings;
      const model = await engine.train({ train, valid, parameters, rounds, earlyStoppingRounds });
      losses.push({ fold: held, label, loss: logLoss(of(validated), model.predict(validMatrix)) });
      model.dispose();
    }
    valid.dispose();
    train.dispose();
  }
  return `# ${title}\n\n${JSON.stringify({ engine: engine.description, slices: slices.rows, columns: features.names.length, losses })}`;
}

/** Each network sees the truth through noise of the slice that all share, noise of the series, and noise of its own. */
function madeUpPredictions(starts: Uint32Array, truth: readonly Float32Array[]): Float32Array[][] {
  const noise = (...key: number[]) => {
    const uniform = uniformStream(1, ...key);
    return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  };
  const shared = truth.map((column, label) => {
    const draw = noise(label);
    return column.map(() => 1.5 * draw());
  });
  return MODELS.map((_, model) =>
    truth.map((column, label) => {
      const draw = noise(label, model + 1);
      const predicted = new Float32Array(column.length);
      for (let series = 0; series + 1 < starts.length; series++) {
        const ofSeries = 0.7 * draw();
        for (let row = starts[series]!; row < starts[series + 1]!; row++) {
          const logit = 4 * column[row]! - 3 + present(shared[label])[row]! + ofSeries + 0.8 * draw();
          predicted[row] = 1 / (1 + Math.exp(-logit));
        }
      }
      return predicted;
    }),
  );
}

function pick({ names, data, order }: FeatureMatrix, rows: readonly number[]): FeatureMatrix {
  const width = names.length;
  const picked = new Float32Array(rows.length * width);
  rows.forEach((row, at) => picked.set(data.subarray(row * width, (row + 1) * width), at * width));
  return { rows: rows.length, names, order, data: picked };
}

function logLoss(truth: Float32Array, probability: ArrayLike<number>): number {
  const losses = Array.from(truth, (one, row) => {
    const p = Math.min(Math.max(probability[row]!, 1e-15), 1 - 1e-15);
    return one === 1 ? -Math.log(p) : -Math.log(1 - p);
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
