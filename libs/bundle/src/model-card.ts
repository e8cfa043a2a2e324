import type { BundleManifest, BundleScores } from './manifest.js';

const number = (value: number | null, digits = 3) => (value === null ? 'n/a' : value.toFixed(digits));

/** What a bundle is, in Markdown, for those who are to use it. */
export function modelCard(manifest: BundleManifest): string {
  const { name, labels, networks, ensemble, thresholds, studyAuc, training, software, createdAt } = manifest;
  return `# ${name}

Detects intracranial hemorrhage on axial, non-contrast head CT: for every slice and study the probabilities of
${labels.join(', ')}.

**Not a medical device. For research only: these numbers must not be used to diagnose or treat anybody.**

Made on ${createdAt.slice(0, 10)} by Ichor ${software.ichor}.

## What is in it

| network | fold | backbone | image size | out-of-fold weighted log loss | AUC any |
| --- | --- | --- | --- | --- | --- |
${networks
  .map(({ model, fold, settings, outOfFold }) =>
    row([
      model,
      fold,
      settings.backbone,
      settings.imageSize,
      number(outOfFold.weightedLogLoss, 4),
      number(outOfFold.auc[0]!),
    ]),
  )
  .join('\n')}

${stackersOf(manifest)}
The probabilities are then calibrated (Platt scaling) for slices and for studies.
The score of a study is the largest mean of three neighbouring slices.

## Performance, out of fold

On slices (${ensemble.outOfFold.slices}): weighted log loss ${number(ensemble.outOfFold.weightedLogLoss, 4)}.

| label | log loss | AUC of slices | AUC of studies | threshold | sensitivity | specificity |
| --- | --- | --- | --- | --- | --- | --- |
${labels.map((label, i) => labelRow(label, i, ensemble.outOfFold, studyAuc[i]!, thresholds[i]!)).join('\n')}

Thresholds apply to calibrated study probabilities. They and the calibration were fitted on the same out-of-fold
predictions that they are reported on, so expect a little less on new data; and expect less wherever scanners, patients
or protocols differ from the training data.

## Training data

${training.slices} slices of ${training.studies} studies of ${training.patients} patients. Positive studies:
${labels.map((label, i) => `${label} ${training.positiveStudies[i]!}`).join(', ')}.

Fingerprints: ${training.data.map((fingerprint) => `\`${fingerprint}\``).join(', ')}.

## Limits

- Axial soft-tissue series without contrast agent; others are refused.
- Slices of about 5 mm, as in training; thin slices are noisier than what the networks have seen.
- Labels say that there is blood of a kind on a slice, not where, how much or how old. Heat maps show what moved a
  network, not the extent of a bleed.
`;
}

function stackersOf({ stackers, ensemble }: BundleManifest): string {
  if (ensemble.kind === 'mean') return 'The probabilities of the networks are averaged.';
  const rows = stackers.map(({ name, fold, settings, outOfFold }) =>
    row([name, fold, settings.kind, settings.inputs.join(', '), number(outOfFold.weightedLogLoss, 4)]),
  );
  return `| stacker | fold | kind | of | out-of-fold weighted log loss |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

\`${ensemble.final}\` speaks for the ensemble, as the mean over its folds.`;
}

const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;

function labelRow(
  label: string,
  index: number,
  scores: BundleScores,
  auc: number | null,
  threshold: BundleManifest['thresholds'][number],
): string {
  return row([
    label,
    number(scores.logLoss[index]!, 4),
    number(scores.auc[index]!),
    number(auc),
    number(threshold?.threshold ?? null),
    number(threshold?.sensitivity ?? null),
    number(threshold?.specificity ?? null),
  ]);
}
