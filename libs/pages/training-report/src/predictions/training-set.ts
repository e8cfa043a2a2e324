import { join } from 'node:path';
import { withNeighbours } from '@ichor/base-model';
import { present } from '@ichor/files/present';
import type { LabelColumns } from '@ichor/predictions';
import { foldsTable, LABELS, readPreprocessed, type ColumnsOf, type Layout } from '@ichor/tables';

/** A slice of the training set among its neighbours. */
export interface SlicePlace {
  readonly id: string;
  readonly patient: string;
  readonly study: string;
  readonly fold: number;
  /** From 1 along the series. */
  readonly slice: number;
  readonly slices: number;
}

/** The true labels of the training set, and the position of each slice. */
export class TrainingSet {
  readonly #ids: readonly string[];
  readonly #row: ReadonlyMap<string, number>;
  readonly #patient: readonly string[];
  readonly #study: readonly string[];
  readonly #series: readonly string[];
  readonly #position: Float64Array;
  readonly #fold: Int8Array;
  readonly #targets: readonly Float32Array[];
  readonly #images: string;

  static async read(layout: Layout): Promise<TrainingSet> {
    const { columns } = await readPreprocessed(layout, 'train_folds', foldsTable);
    return new TrainingSet(layout.input.trainImages, columns);
  }

  private constructor(images: string, columns: ColumnsOf<typeof foldsTable>) {
    this.#images = images;
    this.#ids = columns.ID;
    this.#row = new Map(columns.ID.map((id, row) => [id, row]));
    this.#patient = columns.PatientID;
    this.#study = columns.StudyInstanceUID;
    this.#series = columns.SeriesInstanceUID;
    this.#position = columns.Position3;
    this.#fold = columns.fold;
    this.#targets = LABELS.map((label) => columns[`target_${label}`]);
  }

  has(id: string): boolean {
    return this.#row.has(id);
  }

  /** 0 or 1 for each of the slices, a column a label. */
  targets(ids: readonly string[]): LabelColumns {
    return this.#targets.map((column) =>
      Float64Array.from(ids, (id) => (column[present(this.#row.get(id))]! >= 0.5 ? 1 : 0)),
    );
  }

  study(id: string): string {
    return present(this.#study[present(this.#row.get(id))]);
  }

  place(id: string): SlicePlace {
    const row = present(this.#row.get(id));
    const rows = this.#seriesOf(row);
    return {
      id,
      patient: present(this.#patient[row]),
      study: present(this.#study[row]),
      fold: this.#fold[row]!,
      slice: rows.indexOf(row) + 1,
      slices: rows.length,
    };
  }

  /** The file of a slice. */
  file(id: string): string {
    return join(this.#images, `${id}.dcm`);
  }

  /** The files of the slices that a network sees together with a slice, from below to above. */
  inputFiles(id: string, neighbours: number): string[] {
    const row = present(this.#row.get(id));
    const rows = this.#seriesOf(row);
    return withNeighbours(rows, rows.indexOf(row), neighbours).map((other) =>
      this.file(present(this.#ids[other])),
    );
  }

  /** Rows of the series from the lowest position up. Asked for a few dozen slices, so a scan will do. */
  #seriesOf(row: number): number[] {
    const rows: number[] = [];
    for (let other = 0; other < this.#ids.length; other++) {
      const same = this.#study[other] === this.#study[row] && this.#series[other] === this.#series[row];
      if (same) rows.push(other);
    }
    return rows.sort((a, b) => this.#position[a]! - this.#position[b]!);
  }
}
