import { openBundle } from '@ichor/bundle';
import { readLabelCsv } from '@ichor/dataset';
import { present } from '@ichor/files';
import { planStudies } from '@ichor/intake';
import { phantomBundle } from '@ichor/phantom-bundle';
import { StudyPredictor } from '@ichor/predict';
import { LABELS } from '@ichor/tables';
import { parseArgs } from 'node:util';
import { bootstrapAuc, type Cluster } from './real-heads/bootstrap.js';

export const title = 'A bundle on studies with known labels: AUC of slices and studies';

interface Study {
  /** Those whose labels are known; truth and calibrated probability per label. */
  readonly slices: readonly { readonly truth: readonly number[]; readonly score: readonly number[] }[];
  readonly score: readonly number[];
}

/**
 * `--images DIR --truth CSV` (ID_<slice>_<label>,0 or 1 as in the challenge; slices without a label are left out),
 * `--bundle DIR` (default: the one that comes with Ichor), `--threads N` (default 2), `--worst N` (default 0: name so many
 * negative slices with the highest probability).
 */
export async function run(args: string[]): Promise<string> {
  const { values } = parseArgs({
    args,
    options: {
      images: { type: 'string', default: 'input/stage_2_test_images' },
      truth: { type: 'string', default: 'truth/stage_2_test.csv' },
      bundle: { type: 'string', default: phantomBundle },
      threads: { type: 'string', default: '2' },
      worst: { type: 'string', default: '0' },
    },
  });
  const labels = await readLabelCsv(values.truth);
  const bundle = await openBundle(values.bundle);
  const intake = await planStudies([values.images]);
  const predictor = new StudyPredictor(bundle, {
    augment: false,
    heatMaps: 'none',
    threads: Number(values.threads),
  });
  const studies: Study[] = [];
  const negatives: { readonly id: string; readonly any: number }[] = [];
  for (const plan of intake.studies) {
    const { slices, calibrated } = await predictor.predict(plan);
    const known = slices.flatMap(({ slice: { sopInstanceUid }, calibrated: score }) => {
      const positive = labels.labelsOf(sopInstanceUid);
      if (positive === undefined) return [];
      if (positive.length === 0) negatives.push({ id: sopInstanceUid, any: present(score[0]) });
      return [{ truth: LABELS.map((label) => Number(positive.includes(label))), score }];
    });
    if (known.length > 0) studies.push({ slices: known, score: calibrated });
  }
  intake.close();
  await predictor.close();
  negatives.sort((a, b) => b.any - a.any);
  const worst = negatives.slice(0, Number(values.worst)).map(({ id, any }) => `${id} ${any.toFixed(3)}`);
  return `# ${title}\n\n${report(studies, bundle.manifest.thresholds[0]?.threshold)}\n${worst.join('\n')}`;
}

function report(studies: readonly Study[], threshold: number | undefined): string {
  const rows = LABELS.map((label, index) => {
    const slices = studies.map(({ slices }): Cluster => ({
      truth: slices.map(({ truth }) => present(truth[index])),
      score: slices.map(({ score }) => present(score[index])),
    }));
    const whole = studies.map(({ slices, score }): Cluster => ({
      truth: [Math.max(...slices.map(({ truth }) => present(truth[index])))],
      score: [present(score[index])],
    }));
    return `| ${[label, described(slices), described(whole)].join(' | ')} |`;
  });
  const any = studies.map(({ slices, score }) => ({
    positive: slices.some(({ truth }) => truth[0] === 1),
    score: present(score[0]),
  }));
  const positive = any
    .filter((one) => one.positive)
    .map(({ score }) => score)
    .sort((a, b) => b - a);
  const negative = any.filter((one) => !one.positive).map(({ score }) => score);
  // The highest threshold at which four in five of the positive studies are found.
  const atFour = positive[Math.ceil(0.8 * positive.length) - 1];
  const above = (limit: number | undefined) =>
    limit === undefined
      ? 'n/a'
      : `${negative.filter((score) => score >= limit).length} of ${negative.length}`;
  const found = threshold === undefined ? 'n/a' : positive.filter((score) => score >= threshold).length;
  return `| label | AUC of slices | AUC of studies |
| --- | --- | --- |
${rows.join('\n')}

AUC with 95 % intervals: 1000 draws of whole studies. Positive of all in brackets. Where four in five positive studies are found,
${above(atFour)} negative ones are above; at the threshold of the bundle ${found} of ${positive.length} positive and ${above(threshold)} negative ones.`;
}

function described(clusters: readonly Cluster[]): string {
  const all = clusters.flatMap(({ truth }) => truth);
  const positive = all.filter((one) => one === 1).length;
  if (positive === 0 || positive === all.length) return `n/a (${positive} / ${all.length})`;
  const { auc, low, high } = bootstrapAuc(clusters);
  return `${auc.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)}; ${positive} / ${all.length})`;
}
