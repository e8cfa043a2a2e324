import { basename, resolve } from 'node:path';
import { bundleHash, createBundle, type BundleManifest } from '@ichor/bundle';
import { defineCommand, formatTable, Progress, UsageError } from '@ichor/cli';
import { present } from '@ichor/files';
import { z } from 'zod';

const ensemble = ({ ensemble, stackers }: BundleManifest) =>
  ensemble.kind === 'mean' ? 'averaged' : `${stackers.length} stackers ending in ${ensemble.final}`;

const decimals = (value: number | null, digits: number) => (value === null ? '-' : value.toFixed(digits));

export const bundleCommand = defineCommand({
  name: 'ichor bundle',
  summary: 'Puts trained networks, their calibration and thresholds into one folder, for ichor predict.',
  description:
    'Takes the networks below ICHOR_ROOT that have out-of-fold predictions and the stackers fitted on them, fits ' +
    'calibration and thresholds on those predictions, and writes ONNX files, a manifest with hashes and a model card. ' +
    'Any subset is possible: one network alone, base models without stacking, or all.',
  options: {
    out: z.string().min(1).describe('Folder to create; an unfinished bundle in it is replaced'),
    name: z.string().min(1).optional().describe('Name of the bundle; default: name of the folder'),
    models: z
      .array(z.string().min(1))
      .optional()
      .describe('Base models; default: all trained ones. MODEL.NAME is the run NAME of one'),
    folds: z.array(z.number().int().min(0)).optional().describe('Folds; default: all trained ones'),
    final: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Final stacker of the bundle, with the models that it reads; default: the one with most folds and levels',
      ),
    stacking: z.boolean().default(true).describe('Average the networks, without the stackers'),
    sensitivity: z
      .array(z.number().min(0).max(1))
      .min(1)
      .default([0.95])
      .describe('Sensitivity of the thresholds on out-of-fold studies; the first of several decides'),
    precision: z
      .enum(['float32', 'bf16', 'float16', 'int8'])
      .default('float32')
      .describe(
        'Of the weights: half precision makes files of half the size, as fast as before; int8 computes in 8 bits where predict --eight-bit found that it costs little',
      ),
    notice: z.string().min(1).max(300).optional().describe('A sentence that every result shows'),
    json: z.boolean().describe('Print the manifest'),
  },
  examples: [
    { command: 'ichor bundle --out bundles/all', does: 'every trained network' },
    { command: 'ichor bundle --out bundles/one --models model-base --folds 0', does: 'one network alone' },
    {
      command: 'ichor bundle --out bundles/recommended --final sequence-model-base',
      does: 'one network with its sequence model',
    },
    { command: 'ichor bundle --out bundles/mean --no-stacking', does: 'base models without stacking' },
    {
      command: 'ichor bundle --out bundles/fast --precision int8',
      does: 'in 8 bits, after predict --eight-bit for each network',
    },
  ],
  async run(
    { out, name, models, folds, final, stacking, sensitivity, precision, notice, json },
    { print, signal, terminal },
  ) {
    if (final !== undefined && !stacking) {
      throw new UsageError(
        '--final names a stacker, and --no-stacking wants none',
        'leave one of the two out',
      );
    }
    const folder = resolve(process.env['INIT_CWD'] ?? '.', out);
    let progress: Progress | undefined;
    const manifest = await createBundle({
      out: folder,
      name: name ?? basename(folder),
      stacking,
      signal,
      sensitivities: sensitivity,
      precision,
      ...(models ? { models } : {}),
      ...(notice === undefined ? {} : { notice }),
      ...(folds ? { folds } : {}),
      ...(final === undefined ? {} : { final }),
      onSkip: ({ name, fold, reason }) => terminal.print(`${name} fold ${fold} is left out: ${reason}`),
      onNetwork: (network, done, total) => {
        progress ??= new Progress({ label: 'bundle', total, unit: 'networks', terminal });
        if (done > 0) progress.advance(1, { now: network.model });
      },
    });
    progress?.advance(1);
    progress?.finish(false);
    if (json) {
      print(JSON.stringify(manifest, null, 2));
      return;
    }
    print(table(manifest));
    print(
      `${folder}: ${manifest.networks.length} networks, ${ensemble(manifest)}, out-of-fold weighted log loss ` +
        `${manifest.ensemble.outOfFold.weightedLogLoss.toFixed(4)}, hash ${bundleHash(manifest)}`,
    );
    print('Not a medical device. Figures are out of fold.');
  },
});

/** How well each label is found, and the threshold for it. */
function table(manifest: BundleManifest): string {
  const {
    labels,
    ensemble: { outOfFold },
    studyAuc,
    thresholds,
    training,
  } = manifest;
  return formatTable(
    [
      'label',
      'AUC of slices',
      'AUC of studies',
      'threshold',
      'sensitivity',
      'specificity',
      'positive studies',
    ],
    labels.map((label, i) => [
      label,
      decimals(present(outOfFold.auc[i]), 3),
      decimals(present(studyAuc[i]), 3),
      decimals(thresholds[i]?.threshold ?? null, 3),
      decimals(thresholds[i]?.sensitivity ?? null, 3),
      decimals(thresholds[i]?.specificity ?? null, 3),
      `${present(training.positiveStudies[i])} / ${training.evaluatedStudies}`,
    ]),
  );
}
