import { GbdtError } from './error.js';

/** @throws GbdtError `gbdt/labels` unless there is one 0 or 1 for each row */
export function checkLabels(labels: Float32Array, rows: number): void {
  const wrong = labels.findIndex((label) => label !== 0 && label !== 1);
  if (labels.length === rows && wrong < 0) return;
  throw new GbdtError({
    code: 'gbdt/labels',
    reason:
      labels.length === rows
        ? `the label of row ${wrong} is ${labels[wrong]}, expected 0 or 1`
        : `${labels.length} labels for ${rows} rows`,
  });
}
