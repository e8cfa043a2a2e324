import { openBundle } from '@ichor/bundle';
import { readLabelCsv } from '@ichor/dataset';
import { present } from '@ichor/files';
import { planStudies } from '@ichor/intake';
import { phantomBundle } from '@ichor/phantom-bundle';
import { StudyPredictor } from '@ichor/predict';
import { LABELS } from '@ichor/tables';
import { parseArgs } from 'node:util';
import { bootstrapAuc, bootstrapDifference, type Cluster } from './real-heads/bootstrap.js';

export const title = 'A bundle on studies with known labels: AUC of slices and studies';

interface Study {
  /** Those whose labels are known; truth and calibrated probability per label. */
  readonly slices: readonly { readonly truth: readonly number[]; readonly score: readonly number[] }[];
  readonly score: readonly number[];
}

/**
 * `--images DIR --truth CSV` (ID_<slice>_<label>,0 or 1 as in the challenge; slices without a label are left out),
 * `--bundle DIR` (default: the one that comes with Ichor), `--threads N` (default 2), `--worst N` (default 0: name so many
 * negative slices with the highest probability), `--against DIR` (another bundle: how much better the first one is, on the same
 * draws), `--augment` (with the test-time passes of the bundle's networks; default: one pass).
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
      against: { type: 'string' },
      augment: { type: 'boolean', default: false },
    },
  });
  const labels = await readLabelCsv(values.truth);
  const read = (folder: string) =>
    predictedBy(folder, values.images, labels, Number(values.threads), values.augment);
  const { studies, negatives, threshold, leftOut } = await read(values.bundle);
  const other = values.against === undefined ? undefined : await read(values.against);
  negatives.sort((a, b) => b.any - a.any);
  const worst = negatives.slice(0, Number(values.worst)).map(({ id, any }) => `${id} ${any.toFixed(3)}`);
  const compared = other === undefined ? '' : `\n${differences(studies, other.studies)}\n`;
  return `# ${title}\n\n${report(studies, threshold)}\n\n${leftOut}\n${compared}${worst.join('\n')}`;
}

interface Predicted {
  readonly studies: Study[];
  readonly negatives: { readonly id: string; readonly any: number }[];
  readonly threshold: number | undefined;
  /** A sentence that says how much of the images is not in the figures. */
  readonly leftOut: string;
}

async function predictedBy(
  folder: string,
  images: string,
  labels: Awaited<ReturnType<typeof readLabelCsv>>,
  threads: number,
  augment: boolean,
): Promise<Predicted> {
  const bundle = await openBundle(folder);
  const intake = await planStudies([images]);
  const predictor = new StudyPredictor(bundle, { augment, heatMaps: 'none', threads });
  const studies: Study[] = [];
  const negatives: Predicted['negatives'] = [];
  let unlabelled = 0;
  for (const plan of intake.studies) {
    const { slices, calibrated } = await predictor.predict(plan);
    const known = slices.flatMap(({ slice: { sopInstanceUid }, calibrated: score }) => {
      const positive = labels.labelsOf(sopInstanceUid);
      if (positive === undefined) return [];
      if (positive.length === 0) negatives.push({ id: sopInstanceUid, any: present(score[0]) });
      return [{ truth: LABELS.map((label) => Number(positive.includes(label))), score }];
    });
    if (known.length > 0) studies.push({ slices: known, score: calibrated });
    else unlabelled++;
  }
  intake.close();
  await predictor.close();
  const leftOut =
    `Left out: ${intake.unfit.length} studies without a head series that can be read, ${unlabelled} without a label, ` +
    `${intake.leftOut.length} files.`;
  return { studies, negatives, threshold: bundle.manifest.thresholds[0]?.threshold, leftOut };
}

/** Truth and probability of a label, of slices and of whole studies. */
function clustersOf(studies: readonly Study[], label: number): Record<'slices' | 'studies', Cluster[]> {
  return {
    slices: studies.map(({ slices }) => ({
      truth: slices.map(({ truth }) => present(truth[label])),
      score: slices.map(({ score }) => present(score[label])),
    })),
    studies: studies.map(({ slices, score }) => ({
      truth: [Math.max(...slices.map(({ truth }) => present(truth[label])))],
      score: [present(score[label])],
    })),
  };
}

/** Of any: how much larger the areas are than those of another bundle on the same studies. */
function differences(studies: readonly Study[], other: readonly Study[]): string {
  const [own, others] = [clustersOf(studies, 0), clustersOf(other, 0)];
  const signed = (value: number) => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
  const difference = (part: 'slices' | 'studies') => {
    const { value, low, high } = bootstrapDifference(own[part], others[part]);
    return `${signed(value)} (${signed(low)} to ${signed(high)})`;
  };
  return `Against the other bundle, AUC of any: slices ${difference('slices')}, studies ${difference('studies')}.`;
}

function report(studies: readonly Study[], threshold: number | undefined): string {
  const rows = LABELS.map((label, index) => {
    const { slices, studies: whole } = clustersOf(studies, index);
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
  const { value, low, high } = bootstrapAuc(clusters);
  return `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)}; ${positive} / ${all.length})`;
}
