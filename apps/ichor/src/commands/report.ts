import { join, resolve } from 'node:path';
import { defineCommand, formatTable, Progress } from '@ichor/cli';
import { layout, LABELS, rootFolder } from '@ichor/tables';
import { readTrainingReport, TrainingSet, writeTrainingReport } from '@ichor/training-report';
import { z } from 'zod';

const decimals = (value: number) => (Number.isFinite(value) ? value.toFixed(4) : '-');

export const reportCommand = defineCommand({
  name: 'ichor report',
  summary:
    'Reports the results of trainings: learning curves, ROC, reliability, the worst mistakes as pictures.',
  description:
    'Reads the results of the trainings below ICHOR_ROOT: every model, stacker and ensemble that has predicted its ' +
    'validation folds. Writes one HTML page that needs no network. Not a medical device: for research only.',
  options: {
    out: z.string().min(1).optional().describe('HTML file; default output/training-report.html'),
    models: z.array(z.string().min(1)).optional().describe('Models and stackers; default all'),
    mistakesOf: z
      .string()
      .min(1)
      .optional()
      .describe('Model whose mistakes are shown; default: the model with the lowest loss'),
    mistakes: z.number().int().min(0).max(50).default(3).describe('Mistakes of either kind for each label'),
    heatMaps: z.boolean().default(true).describe('Show no heat maps: faster'),
    json: z.boolean().describe('Print the figures and mistakes as JSON'),
  },
  shorts: { out: 'o' },
  examples: [
    { command: 'ichor report', does: 'everything that is trained' },
    { command: 'ichor report --models model-base --mistakes 10 --out base.html', does: 'one model in depth' },
  ],
  async run({ out, json, heatMaps, models, mistakesOf, mistakes }, { print, terminal }) {
    const paths = layout(rootFolder());
    const page =
      out === undefined
        ? join(paths.outputFolder, 'training-report.html')
        : resolve(process.env['INIT_CWD'] ?? '.', out);
    const set = await TrainingSet.read(paths);
    let progress: Progress | undefined;
    const report = await readTrainingReport(paths, set, {
      ...(models ? { models } : {}),
      ...(mistakesOf === undefined ? {} : { mistakesOf }),
      mistakes,
      onModel: (name, done, total) => {
        progress ??= new Progress({ label: 'report', total, unit: 'models', terminal });
        if (done > 0) progress.advance(1, { now: name });
      },
    });
    progress?.advance(1);
    progress?.finish(false);
    const pictures = new Progress({
      label: 'pictures',
      total: report.mistakes.length,
      unit: 'slices',
      terminal,
    });
    const explainedBy = await writeTrainingReport(page, paths, set, report, {
      heatMaps,
      onPicture: () => pictures.advance(1),
    });
    pictures.finish(false);
    if (json) {
      print(JSON.stringify({ page, explainedBy: explainedBy ?? null, ...report }, null, 2));
      return;
    }
    print(
      formatTable(
        ['model', 'folds', 'slices', 'weighted log loss', ...LABELS.map((label) => `AUC ${label}`)],
        report.models.map(({ name, folds, slices, weightedLogLoss, labels }) => [
          name,
          folds.length,
          slices,
          decimals(weightedLogLoss),
          ...labels.map(({ auc }) => decimals(auc)),
        ]),
      ),
    );
    for (const note of report.notes) print(note);
    print(`${page}: ${report.mistakes.length} mistakes of ${report.mistakesOf}`);
    print('Not a medical device. Figures are out of fold.');
  },
});
