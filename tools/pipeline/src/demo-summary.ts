import { formatTable } from '@ichor/cli';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const interval = z.tuple([z.number(), z.number()]);
const label = z.object({ auc: z.number().nullable() });
const boardSchema = z.object({
  final: z.string(),
  slices: z.number(),
  patients: z.number(),
  constantLoss: z.number(),
  testConstantLoss: z.number().nullable(),
  models: z.array(
    z.object({
      name: z.string(),
      level: z.number(),
      loss: z.number(),
      lossInterval: interval,
      labels: z.array(label),
      aucInterval: interval,
    }),
  ),
  levels: z.array(
    z.object({
      title: z.string(),
      best: z.string(),
      overPrevious: z.object({ gain: z.number(), interval }).nullable(),
    }),
  ),
  test: z.array(z.object({ name: z.string(), loss: z.number(), labels: z.array(label) })).nullable(),
});

/** What `output/leaderboard.json` holds, as far as the demo shows it. */
export type DemoBoard = z.infer<typeof boardSchema>;

export async function readBoard(path: string): Promise<DemoBoard> {
  return boardSchema.parse(JSON.parse(await readFile(path, 'utf8')));
}

const decimals = (value: number | null | undefined, digits: number) => value?.toFixed(digits) ?? '-';
const range = ([low, high]: readonly [number, number], digits: number) =>
  `${low.toFixed(digits)}..${high.toFixed(digits)}`;

/** The base model of the lowest out-of-fold loss. */
export function bestNetwork({ models }: DemoBoard): string {
  return models.filter(({ level }) => level === 0).reduce((best, one) => (one.loss < best.loss ? one : best))
    .name;
}

/** One screen: every model against the label frequencies, out of fold and on the test set, and what each level adds. */
export function demoSummary(board: DemoBoard): string {
  const { constantLoss, testConstantLoss, final } = board;
  const share = (loss: number | undefined, constant: number | null) =>
    loss === undefined || constant === null ? '-' : (loss / constant).toFixed(2);
  const rows = [...board.models]
    .sort((a, b) => a.level - b.level || a.loss - b.loss)
    .map((model) => {
      const test = board.test?.find(({ name }) => name === model.name);
      return [
        model.name === final ? `${model.name} *` : model.name,
        decimals(model.loss, 4),
        range(model.lossInterval, 3),
        share(model.loss, constantLoss),
        decimals(model.labels[0]?.auc, 3),
        range(model.aucInterval, 2),
        decimals(test?.loss, 4),
        share(test?.loss, testConstantLoss),
        decimals(test?.labels[0]?.auc, 3),
      ];
    });
  const columns = ['model', 'log loss', '95 %', 'of freq.', 'AUC any', '95 %', 'test', 'of freq.', 'AUC any'];
  const networks = board.models.filter(({ level }) => level === 0);
  const seeing = networks.filter(({ labels }) => (labels[0]?.auc ?? 0) >= 0.75).length;
  const below = networks.filter(({ loss }) => loss < constantLoss).length;
  const gains = board.levels.flatMap(({ title, best, overPrevious }) =>
    overPrevious === null
      ? []
      : [
          `${title}: ${best} gains ${overPrevious.gain.toFixed(4)} (${range(overPrevious.interval, 4)}) of log loss over the level below.`,
        ],
  );
  return [
    `Out of fold on ${board.slices} slices of ${board.patients} patients, 95 % intervals over patients; "of freq.": of the loss of always answering with the label frequencies (${decimals(constantLoss, 4)}, test ${decimals(testConstantLoss, 4)}). * is submitted.`,
    formatTable(columns, rows),
    [
      `${seeing} of ${networks.length} networks reach an AUC of 0.75 for any hemorrhage, ${below} of ${networks.length} are below the label frequencies.`,
      ...gains,
    ].join('\n'),
  ].join('\n\n');
}
