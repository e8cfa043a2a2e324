import { formatTable } from '@ichor/cli';
import type { Dataset, LabelSet } from '@ichor/dataset';
import { LABELS } from '@ichor/tables';
import type { TrainingSet } from './build-tables.js';
import type { ImageSet } from './image-set.js';
import type { Unreadable } from './read-outcome.js';

/** The outcome of one set. */
export interface SetOutcome {
  readonly name: 'train' | 'test';
  readonly images: ImageSet;
  readonly unreadable: readonly Unreadable[];
  readonly resumed: number;
  readonly dataset: Dataset;
}

export interface SetCounts {
  readonly files: number;
  readonly slices: number;
  readonly studies: number;
  readonly patients: number;
  /** Studies of more than one series: each series is ordered by itself. */
  readonly studiesOfSeveralSeries: number;
  /** Series of several slices that all lie at one position, so that nothing tells their order. */
  readonly seriesAtOnePosition: number;
}

export function countSet({ images, dataset: { columns, series } }: SetOutcome): SetCounts {
  const studies = new Set(columns.StudyInstanceUID);
  const seriesOf = new Map<string, number>();
  let seriesAtOnePosition = 0;
  for (let k = 0; k + 1 < series.starts.length; k++) {
    const study = columns.StudyInstanceUID[series.order[series.starts[k]!]!];
    if (study !== undefined) seriesOf.set(study, (seriesOf.get(study) ?? 0) + 1);
    const slices = series.order.slice(series.starts[k], series.starts[k + 1]);
    const positions = new Set(Array.from(slices, (row) => columns.Position3[row]));
    if (slices.length > 1 && positions.size === 1) seriesAtOnePosition += 1;
  }
  return {
    files: images.ids.length + images.leftOut.length,
    slices: columns.ID.length,
    studies: studies.size,
    patients: new Set(columns.PatientID).size,
    studiesOfSeveralSeries: [...seriesOf.values()].filter((series) => series > 1).length,
    seriesAtOnePosition,
  };
}

/** Slices of each label in each fold, with those of none. */
export function labelsPerFold({ hard, fold, columns }: TrainingSet, folds: number): Record<string, number[]> {
  const zeros = () => new Uint32Array(folds);
  const slices = zeros();
  const none = zeros();
  const positives = LABELS.map((label) => ({ label, targets: hard[label], counts: zeros() }));
  for (let row = 0; row < fold.length; row++) {
    const k = fold[row]!;
    slices[k]!++;
    if (columns.labels[row] === '') none[k]!++;
    for (const { targets, counts } of positives) if (targets[row] === 1) counts[k]!++;
  }
  return {
    slices: [...slices],
    ...Object.fromEntries(positives.map(({ label, counts }) => [label, [...counts]])),
    none: [...none],
  };
}

/** How often each reason occurred, most frequent first; reasons that name a file's own numbers count together. */
export function reasons(outcome: SetOutcome): [reason: string, count: number][] {
  const counts = new Map<string, number>();
  const add = (reason: string) => counts.set(reason, (counts.get(reason) ?? 0) + 1);
  for (const { reason } of outcome.images.leftOut) add(reason);
  for (const { code } of outcome.unreadable) add(`unreadable: ${code}`);
  for (const { reason } of outcome.dataset.dropped) add(reason);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

/** Number of unreadable files that the summary names. */
const NAMED = 10;

/** The first files that could not be read, with the reason of each. */
function unreadableTable(outcomes: readonly SetOutcome[]): string | undefined {
  const all = outcomes.flatMap(({ name, unreadable }) =>
    unreadable.map(({ id, reason }) => [name, `${id}.dcm`, reason]),
  );
  if (all.length === 0) return undefined;
  const table = formatTable(['unreadable', 'file', 'reason'], all.slice(0, NAMED));
  return all.length > NAMED ? `${table}\n... and ${all.length - NAMED} more` : table;
}

/** The summary as the user sees it. */
export function summaryText(
  outcomes: readonly SetOutcome[],
  training: TrainingSet | undefined,
  folds: number,
  labels: LabelSet | undefined,
): string {
  const parts: string[] = [];
  parts.push(
    formatTable(
      ['set', 'files', 'slices kept', 'studies', 'patients'],
      outcomes.map((outcome) => {
        const { files, slices, studies, patients } = countSet(outcome);
        return [outcome.name, files, slices, studies, patients];
      }),
    ),
  );
  if (training !== undefined && training.fold.length > 0)
    parts.push(
      formatTable(
        ['slices with', ...Array.from({ length: folds }, (_, k) => `fold ${k}`)],
        Object.entries(labelsPerFold(training, folds)).map(([name, perFold]) => [name, ...perFold]),
      ),
    );
  const leftOut = outcomes.flatMap((outcome) =>
    reasons(outcome).map(([reason, count]) => [outcome.name, count, reason]),
  );
  if (leftOut.length > 0) parts.push(formatTable(['left out', 'slices', 'reason'], leftOut));
  const unreadable = unreadableTable(outcomes);
  if (unreadable !== undefined) parts.push(unreadable);
  for (const outcome of outcomes) {
    const { studiesOfSeveralSeries: several, seriesAtOnePosition: unordered } = countSet(outcome);
    if (several > 0)
      parts.push(`${outcome.name}: ${several} studies have several series; each is ordered by itself.`);
    if (unordered > 0)
      parts.push(
        `${outcome.name}: ${unordered} series have all their slices at one position: the order of these is not known.`,
      );
    if (outcome.resumed > 0)
      parts.push(`${outcome.name}: ${outcome.resumed} slices were read by an earlier run and not again.`);
  }
  if (labels !== undefined && labels.problems.total > 0)
    parts.push(
      formatTable(
        ['label CSV', 'rows', 'first line'],
        [...labels.problems.counts].map(([kind, count]) => [
          kind,
          count,
          labels.problems.first.find((problem) => problem.kind === kind)?.line ?? '',
        ]),
      ),
    );
  return parts.join('\n\n');
}
