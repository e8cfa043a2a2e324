import { present } from '@ichor/files';
import { proportionInterval } from '@ichor/metrics';
import { EIGHT_BIT_LIMITS } from './eight-bit.js';
import type { BundledThreshold, BundleManifest, BundleScores } from './manifest.js';
import { separationWarning } from './separation.js';

const number = (value: number | null, digits = 3) => (value === null ? 'n/a' : value.toFixed(digits));

/** Describes a bundle to its users, in Markdown. */
export function modelCard(manifest: BundleManifest): string {
  const { name, notice, labels, software, createdAt } = manifest;
  return `# ${name}

Detects intracranial hemorrhage on axial, non-contrast head CT: for every slice and study the probabilities of
${labels.join(', ')}.

**Not a medical device. For research only: these numbers must not be used to diagnose or treat anybody.**
${notice === undefined ? '' : `\n**${notice}**\n`}
Made on ${createdAt.slice(0, 10)} by Ichor ${software.ichor}.

${contents(manifest)}
${performance(manifest)}
${trainingData(manifest)}
## Limits

- Axial soft-tissue series without contrast agent; others are refused.
- Slices of about 5 mm, as in training; thin slices are noisier than the training slices.
- Labels say that there is blood of a kind on a slice, not where, how much or how old. Heat maps show what changed the answer of a
  network, not the extent of a bleed.
`;
}

function contents(manifest: BundleManifest): string {
  const rows = manifest.networks.map(({ model, fold, settings, outOfFold }) =>
    row([
      model,
      fold,
      settings.backbone,
      settings.imageSize,
      number(outOfFold.weightedLogLoss, 4),
      number(present(outOfFold.auc[0])),
    ]),
  );
  return `## What is in it

| network | fold | backbone | image size | out-of-fold weighted log loss | AUC any |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

${precisionText(manifest)}${stackersOf(manifest)}

${studyScoreText(manifest)}
- **Calibration** (Platt scaling), for each label: of slices, and of the scores of studies. A calibrated probability is
  the share of positive ones among the cases with that score, where they are as frequent as they were in training.
- **Above the threshold** is a study whose calibrated probability is not below it.
`;
}

function performance(manifest: BundleManifest): string {
  const { labels, ensemble, studyAuc } = manifest;
  return `## Performance, out of fold

On slices (${ensemble.outOfFold.slices}): weighted log loss ${number(ensemble.outOfFold.weightedLogLoss, 4)}.

| label | log loss | AUC of slices | AUC of studies |
| --- | --- | --- | --- |
${labels.map((label, i) => scoreRow(label, i, ensemble.outOfFold, present(studyAuc[i]))).join('\n')}
${notSeparated(manifest)}
Thresholds on calibrated probabilities of studies: the highest that reach the wanted sensitivity. In brackets exact
95 % intervals (Clopper and Pearson).

| label | wanted | threshold | sensitivity | specificity | positive studies |
| --- | --- | --- | --- | --- | --- |
${thresholdRows(manifest).join('\n')}
${fewCases(manifest)}
Thresholds and calibration were fitted on the same out-of-fold predictions that they are reported on, so expect a little
less on new data, and still less if scanners, patients or protocols differ from the training data. Out of fold a
slice is predicted by the folds that did not train on it; a new one by all folds together, which is a little better and
makes probabilities a little less extreme.
`;
}

function trainingData({ labels, training }: BundleManifest): string {
  return `## Training data

${training.slices} slices of ${training.studies} studies of ${training.patients} patients. Calibration and thresholds:
${training.evaluatedStudies} of these studies, those with out-of-fold predictions; positive
${labels.map((label, i) => `${label} ${present(training.positiveStudies[i])}`).join(', ')}.

Fingerprints: ${training.data.map((fingerprint) => `\`${fingerprint}\``).join(', ')}.
`;
}

/** A warning in bold; empty where the bundle separates every label. */
function notSeparated(manifest: BundleManifest): string {
  const text = separationWarning(manifest);
  return text === undefined ? '' : `\n**${text}**\n`;
}

function precisionText({ networks }: BundleManifest): string {
  const precision = networks.find((network) => network.precision !== 'int8')?.precision;
  const half =
    precision === undefined
      ? ''
      : `The weights of the layers are kept in ${precision} and computed with in float32. The figures below are of the weights in
float32.

`;
  return half + eightBitText(networks);
}

/** Which networks compute in 8 bits, and what it costs each. */
function eightBitText(networks: BundleManifest['networks']): string {
  const rows = networks.flatMap(({ model, fold, precision, eightBit }) => {
    if (eightBit === undefined) return [];
    const { slices, float32, int8, lossDifference } = eightBit;
    return [
      row([
        model,
        fold,
        precision === 'int8' ? '8 bits' : 'float32',
        slices,
        `${number(float32.weightedLogLoss, 4)}, ${number(int8.weightedLogLoss, 4)}`,
        `${signed(lossDifference.mean)} (${number(lossDifference.standardError, 4)})`,
        `${number(float32.aucAny, 4)}, ${number(int8.aucAny, 4)}`,
        number(float32.milliseconds / int8.milliseconds, 1),
      ]),
    ];
  });
  if (rows.length === 0) return '';
  return `**8 bits.** A network computes in 8 bits where its weighted log loss rises by at most ${EIGHT_BIT_LIMITS.logLoss} and its AUC any falls by at
most ${EIGHT_BIT_LIMITS.aucAny}, measured out of fold on the same slices, at least ${EIGHT_BIT_LIMITS.slices}; else in float32. The figures below, the calibration and the thresholds are of
the predictions in float32.

| network | fold | computes in | slices | log loss in float32, in 8 bits | difference (standard error) | AUC any in float32, in 8 bits | times as fast |
| --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

`;
}

const signed = (value: number) => `${value < 0 ? '' : '+'}${value.toFixed(4)}`;

function studyScoreText({ studyScore, ensemble }: BundleManifest): string {
  return studyScore === 'study-answer' && ensemble.kind === 'stacking'
    ? `- **Score of a study**, for each label: what \`${ensemble.final}\` answers for the whole series, the mean over its
  folds.`
    : `- **Score of a study**, for each label: the largest mean of three neighbouring slices (two at the ends) of what the
  ${ensemble.kind === 'mean' ? 'networks' : 'stackers'} give.`;
}

function stackersOf({ stackers, ensemble }: BundleManifest): string {
  if (ensemble.kind === 'mean') return 'The probabilities of the networks are averaged.';
  const rows = stackers.map(({ name, fold, settings, outOfFold }) =>
    row([name, fold, settings.kind, settings.inputs.join(', '), number(outOfFold.weightedLogLoss, 4)]),
  );
  return `| stacker | fold | kind | of | out-of-fold weighted log loss |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

\`${ensemble.final}\` is the final model of the ensemble; its answer is the mean over its folds.`;
}

const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;

function scoreRow(label: string, index: number, scores: BundleScores, auc: number | null): string {
  return row([
    label,
    number(present(scores.logLoss[index]), 4),
    number(present(scores.auc[index])),
    number(auc),
  ]);
}

function thresholdRows({ labels, thresholds, otherThresholds }: BundleManifest): string[] {
  return labels.flatMap((label, i) => {
    const all = [thresholds[i] ?? [], present(otherThresholds[i])].flat();
    return all.length === 0
      ? [row([label, ...Array<string>(5).fill('n/a')])]
      : all.map((one) => thresholdRow(label, one));
  });
}

function thresholdRow(label: string, one: BundledThreshold): string {
  const { threshold, wanted, sensitivity, specificity, positives, negatives } = one;
  return row([
    label,
    wanted,
    number(threshold),
    share(sensitivity, positives),
    share(specificity, negatives),
    `${positives} / ${positives + negatives}`,
  ]);
}

function share(value: number, cases: number): string {
  const { low, high } = proportionInterval(Math.round(value * cases), cases);
  return `${number(value)} (${number(low)} to ${number(high)})`;
}

/** With fewer positive studies one missed study is more than what the wanted sensitivity may miss. */
function fewCases({ labels, thresholds }: BundleManifest): string {
  const few = labels.filter((_, i) => {
    const one = thresholds[i];
    return one && one.wanted < 1 && one.positives * (1 - one.wanted) < 1 - 1e-9;
  });
  const [first] = thresholds.flatMap((one) => one ?? []);
  if (few.length === 0 || !first) return '';
  const needed = Math.ceil(1 / (1 - first.wanted) - 1e-9);
  return `
**Too little data** (${few.join(', ')}): with fewer than ${needed} positive studies a sensitivity of
${first.wanted} cannot be told from 1, and the threshold simply lies below the lowest probability of a positive study.
`;
}
