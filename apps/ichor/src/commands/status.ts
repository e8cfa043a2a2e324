import { defineCommand, formatDuration, formatTable, UsageError } from '@ichor/cli';
import { taskCommand } from '@ichor/files';
import { chosenFolds } from '@ichor/folds';
import { layout, rootFolder } from '@ichor/tables';
import { z } from 'zod';
import { foldStatus, type FoldStatus, type ModelKind } from '../status/fold-status.js';
import { findModels } from '../status/models.js';

interface ModelStatus {
  readonly name: string;
  readonly kind: ModelKind;
  readonly folds: readonly FoldStatus[];
}

export const statusCommand = defineCommand({
  name: 'ichor status',
  summary: 'Shows which models and folds are trained, predicted, running or failed, and how good they are.',
  description:
    'Reads what the trainings below ICHOR_ROOT (default: the workspace) left: locks, records, histories, metrics. Changes ' +
    'nothing. The time left is that of the last steps; the figures are those of the validation slices, the mean over the folds.',
  options: {
    models: z
      .array(z.string().min(1))
      .optional()
      .describe('Only these models; MODEL.NAME is the run NAME of one'),
    json: z.boolean().describe('Print JSON'),
  },
  examples: [
    { command: 'ichor status', does: 'everything' },
    { command: 'watch -n 10 npx ichor status --models xception', does: 'follow one model' },
  ],
  async run({ models: wanted, json }, { print }) {
    const paths = layout(rootFolder());
    const models: ModelStatus[] = [];
    const found = await findModels(paths);
    const missing = (wanted ?? []).filter((name) => !found.some((model) => model.name === name));
    if (missing.length > 0) {
      const names = found.map(({ name }) => name).join(', ');
      throw new UsageError(
        `--models: there is no ${missing.join(', no ')}`,
        names === '' ? 'there are none here' : `one of ${names}`,
      );
    }
    for (const model of found) {
      if (wanted !== undefined && !wanted.includes(model.name)) continue;
      const folds = [...new Set([...chosenFolds(), ...model.folds])].sort((a, b) => a - b);
      const states: FoldStatus[] = [];
      for (const fold of folds) states.push(await foldStatus(paths, model, fold));
      models.push({ name: model.name, kind: model.kind, folds: states });
    }
    if (json) print(JSON.stringify({ root: paths.root, models }, null, 2));
    else for (const line of statusLines(paths.root, models)) print(line);
  },
});

/** A table of the models that have begun; what is not in it, and why something failed, below. */
export function statusLines(root: string, models: readonly ModelStatus[]): string[] {
  const begun = models.filter(({ folds }) => folds.some(({ state }) => state !== 'not begun'));
  const rest = models.filter((model) => !begun.includes(model)).map(({ name }) => name);
  const lines = [root];
  if (begun.length > 0) {
    lines.push(
      formatTable(['model', 'trained', 'predicted', 'folds', 'loss', 'AUC', 'left'], begun.map(row)),
    );
  }
  for (const { name, folds } of begun) {
    for (const { fold, state, see } of folds) {
      if (see !== undefined)
        lines.push(`${name} fold ${fold} ${state === 'failed' ? 'failed: see' : 'is damaged:'} ${see}`);
    }
  }
  if (rest.length > 0) lines.push(`not begun: ${rest.join(', ')}`);
  if (begun.length === 0) {
    lines.push(`begin with: ${taskCommand({ project: 'xception', target: 'train', fold: 0 })}`);
  }
  return lines;
}

function row({ name, folds }: ModelStatus): string[] {
  const trained = folds.filter((fold) => fold.trained);
  const predicted = folds.filter(({ state }) => state === 'predicted');
  const best = folds.flatMap((fold) => fold.best ?? []);
  const left = folds.flatMap(({ state, pace }) =>
    state === 'running' && pace?.secondsLeft !== undefined ? [pace.secondsLeft] : [],
  );
  return [
    name,
    `${trained.length}/${folds.length}`,
    `${predicted.length}/${folds.length}`,
    folds.flatMap((fold) => doing(fold) ?? []).join('; ') || '-',
    decimals(mean(best.map(({ weightedLogLoss }) => weightedLogLoss))),
    decimals(mean(best.flatMap(({ macroAuc }) => macroAuc ?? []))),
    left.length === 0 ? '-' : formatDuration(Math.max(...left)),
  ];
}

function isTrained(state: FoldStatus['state']): boolean {
  return state === 'trained' || state === 'predicted';
}

/** Describes a fold that has begun and is not done. */
function doing({ fold, state, pace, holder }: FoldStatus): string | undefined {
  if (isTrained(state) || state === 'not begun') return undefined;
  const where =
    pace === undefined
      ? ''
      : `, epoch ${pace.epoch}${pace.epochs === undefined ? '' : `/${pace.epochs}`}` +
        (pace.share === undefined ? '' : `, ${Math.floor(100 * pace.share)} %`);
  return `${fold} ${state}${where}${holder === undefined ? '' : ` (${holder.host}, ${holder.pid})`}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function decimals(value: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(4);
}
