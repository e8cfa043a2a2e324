import { present } from '@ichor/files/present';
import { LABELS, type ColumnsOf, type datasetTable, type rawTable } from '@ichor/tables';
import { neighbours, positionOrd, seriesOrder, type SeriesOrder } from './series-order.js';
import { hardTargets, unknownTargets, type Targets } from './targets.js';

/** The columns of the raw table from which a data set is made. */
export const RAW_COLUMNS = [
  'ID',
  'labels',
  'PatientID',
  'StudyInstanceUID',
  'SeriesInstanceUID',
  'WindowCenter',
  'WindowWidth',
  'RescaleIntercept',
  'RescaleSlope',
  'Position3',
  'brain_diff',
  'brain_region_rate',
] as const satisfies readonly (keyof typeof rawTable.columns)[];

export type RawColumns = Pick<ColumnsOf<typeof rawTable>, (typeof RAW_COLUMNS)[number]>;

export interface DatasetOptions {
  /** The test set, whose targets are unknown. */
  readonly test?: boolean;
  /** Slices whose range (largest minus smallest value) in the brain window is not above this are left out. HU. */
  readonly minBrainRange?: number;
}

export interface Dataset {
  readonly columns: ColumnsOf<typeof datasetTable>;
  readonly hard: Targets;
  readonly series: SeriesOrder;
  /** Share of pixels with 0 <= HU <= 80, for each row. */
  readonly brainRegionRate: Float64Array;
  /** Slices that were left out, with the reason. */
  readonly dropped: readonly { readonly id: string; readonly reason: string }[];
}

/**
 * Makes the data set from the raw table: leaves out slices without brain and without a position, orders the rest into
 * series, adds ranks, neighbours' labels and targets. The rows are sorted by ID.
 */
export function makeDataset(
  raw: RawColumns,
  { test = false, minBrainRange = 60 }: DatasetOptions = {},
): Dataset {
  const dropped: { id: string; reason: string }[] = [];
  const kept: number[] = [];
  for (const [row, id] of raw.ID.entries()) {
    const range = raw.brain_diff[row]!;
    if (Number.isNaN(raw.Position3[row])) dropped.push({ id, reason: 'no ImagePositionPatient' });
    else if (!(range > minBrainRange))
      dropped.push({ id, reason: `brain-window range is not above ${minBrainRange} HU` });
    else kept.push(row);
  }
  kept.sort((a, b) => (present(raw.ID[a]) < present(raw.ID[b]) ? -1 : 1));
  const text = (column: readonly string[]) => kept.map((row) => present(column[row]));
  const numbers = (column: Float64Array) => Float64Array.from(kept, (row) => column[row]!);

  const slices = {
    ID: text(raw.ID),
    labels: text(raw.labels),
    PatientID: text(raw.PatientID),
    StudyInstanceUID: text(raw.StudyInstanceUID),
    SeriesInstanceUID: text(raw.SeriesInstanceUID),
    WindowCenter: numbers(raw.WindowCenter),
    WindowWidth: numbers(raw.WindowWidth),
    RescaleIntercept: numbers(raw.RescaleIntercept),
    RescaleSlope: numbers(raw.RescaleSlope),
    Position3: numbers(raw.Position3),
  };
  const series = seriesOrder(slices);
  const hard = test ? unknownTargets(kept.length) : hardTargets(slices.labels);
  const { left, right } = neighbours(series, slices.labels, '');
  const columns = {
    ...slices,
    PositionOrd: positionOrd(series, slices.Position3),
    LeftLabel: left,
    RightLabel: right,
    ...targetColumns(hard),
  };
  return { columns, hard, series, brainRegionRate: numbers(raw.brain_region_rate), dropped };
}

type TargetColumns<P extends string> = { readonly [K in `${P}_${(typeof LABELS)[number]}`]: Float32Array };

/** Targets as the columns `target_<label>` of a table. */
export function targetColumns(targets: Targets): TargetColumns<'target'> {
  return labelled('target', targets);
}

/** Targets as the columns `smooth_<label>` of a table. */
export function smoothColumns(targets: Targets): TargetColumns<'smooth'> {
  return labelled('smooth', targets);
}

function labelled<P extends string>(prefix: P, targets: Targets): TargetColumns<P> {
  // The compiler cannot see that the six keys are the whole mapped type.
  return Object.fromEntries(
    LABELS.map((label) => [`${prefix}_${label}`, targets[label]]),
  ) as TargetColumns<P>;
}
