import { writeFileAtomic } from '@ichor/files';
import type { GbdtModel } from '@ichor/gbdt';
import { barChartFile } from '@ichor/report';
import { LABELS, type Label } from '@ichor/tables';
import type { StackerFiles } from '../train/files.js';

/** Number of columns in the picture; the table has all. */
const DRAWN = 40;

/**
 * Writes the gain of every column, by label and in all, as a table and a picture of the largest ones.
 * Nothing is written for an engine that does not tell importances.
 */
export async function writeImportances(
  files: StackerFiles,
  title: string,
  columns: readonly string[],
  models: ReadonlyMap<Label, GbdtModel>,
): Promise<void> {
  const gains = LABELS.map((label) => models.get(label)?.importance());
  if (gains.some((gain) => gain === undefined)) return;
  const rows = columns.map((column, index) => {
    const byLabel = gains.map((gain) => gain?.[index] ?? 0);
    return { column, byLabel, total: byLabel.reduce((sum, gain) => sum + gain, 0) };
  });
  rows.sort((a, b) => b.total - a.total);
  const header = ['column', ...LABELS, 'total'].join(',');
  const lines = rows.map(({ column, byLabel, total }) =>
    [column, ...byLabel, total]
      .map((cell) => (typeof cell === 'number' ? cell.toPrecision(7) : cell))
      .join(','),
  );
  await writeFileAtomic(files.importanceTable, [header, ...lines, ''].join('\n'));
  const bars = rows.slice(0, DRAWN).map(({ column, total }) => ({ name: column, value: total }));
  await writeFileAtomic(
    files.importancePicture,
    barChartFile(`${title}: gain of the first ${bars.length} columns`, bars),
  );
}
