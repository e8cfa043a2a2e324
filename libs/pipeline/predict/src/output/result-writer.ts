import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleHash, type BundleManifest } from '@ichor/bundle';
import { acquireLock, removeDeadTemporaries, writeFileAtomic, type Lock } from '@ichor/files';
import { renderStudy } from '@ichor/report';
import {
  labelColumns,
  LABELS,
  openTableWriter,
  sliceResultsTable,
  type ColumnsOf,
  type TableWriter,
} from '@ichor/tables';
import type { StudyPrediction } from '../study-predictor.js';
import { CsvFile, type CsvCell } from './csv.js';
import { derivedObjects } from './derived-objects.js';
import { FinishedStudies } from './finished-studies.js';
import { addressOf, linkToNext } from './link-pages.js';
import { mayFit, mustFit, writeRunFile, type NotPredicted, type RunSettings } from './run-file.js';
import { runPage, type StudyLine } from './run-page.js';
import { studyPage } from './study-page.js';
import { studyRecord, type StudyRecord } from './study-record.js';

export interface ResultOptions extends Partial<RunSettings> {
  readonly patientData: boolean;
  /** Structured report and key image. */
  readonly dicom: boolean;
  readonly html: boolean;
}

export interface WrittenStudy {
  /** Below the folder of the results. */
  readonly folder: string;
  /** What was written, with all warnings. */
  readonly record: StudyRecord;
  /** Per label, whether the study is at or above the threshold; null where nothing is decided. */
  readonly above: readonly (boolean | null)[];
}

const perLabel = (prefix: string) => LABELS.map((label) => `${prefix}_${label}`);
const inOrder = <Value>(values: Readonly<Record<(typeof LABELS)[number], Value>>) =>
  LABELS.map((label) => values[label]);

interface Tables {
  readonly slices: CsvFile;
  readonly studies: CsvFile;
  readonly arrow: TableWriter<typeof sliceResultsTable>;
}

/** A folder of results that is open for writing. */
interface OpenedRun {
  readonly out: string;
  readonly manifest: BundleManifest;
  readonly settings: RunSettings;
  readonly createdAt: Date;
  readonly tables: Tables;
  readonly finished: FinishedStudies;
  readonly lock: Lock;
}

/**
 * Writes predictions study by study: tables that appear at the end, and a folder for each study. The folder of the
 * results is this writer's alone until `close` or `abort`. Where an earlier run of the same command was stopped, the studies
 * that it finished are there to be {@link keep kept}.
 */
export class ResultWriter {
  readonly #out: string;
  readonly #manifest: BundleManifest;
  readonly #hash: string;
  readonly #settings: RunSettings;
  readonly #tables: Tables;
  readonly #finished: FinishedStudies;
  readonly #lock: Lock;
  readonly #lines: StudyLine[] = [];
  readonly #createdAt: Date;

  private constructor({ out, manifest, settings, createdAt, tables, finished, lock }: OpenedRun) {
    this.#out = out;
    this.#manifest = manifest;
    this.#hash = bundleHash(manifest);
    this.#settings = settings;
    this.#createdAt = createdAt;
    this.#tables = tables;
    this.#finished = finished;
    this.#lock = lock;
  }

  /**
   * Checks whether a folder can be written, before the bundle and the headers are read.
   *
   * @throws IchorError as {@link open}
   */
  static check(out: string): Promise<void> {
    return mayFit(out);
  }

  /**
   * @throws IchorError `predict/not-empty` when the folder holds something else than what the same run began;
   *   `files/locked`, `files/not-writable`, `files/not-readable`
   */
  static async open(out: string, manifest: BundleManifest, options: ResultOptions): Promise<ResultWriter> {
    const settings = settingsOf(options);
    await mayFit(out);
    await mustFit(out, manifest, settings);
    const lock = await acquireLock(out, { purpose: 'predict' });
    try {
      // Checked again, now that no other process can interfere.
      await mustFit(out, manifest, settings);
      const createdAt = new Date();
      await writeRunFile(out, manifest, settings, createdAt);
      await removeDeadTemporaries(out);
      const finished = await FinishedStudies.read(join(out, 'studies'));
      const tables = await openTables(out, manifest);
      return new ResultWriter({ out, manifest, settings, createdAt, tables, finished, lock });
    } catch (cause) {
      await lock.release();
      throw cause;
    }
  }

  /** Whether an earlier run left predictions that were not taken over yet. */
  get canKeep(): boolean {
    return this.#finished.unclaimed.length > 0;
  }

  /**
   * Takes over the prediction of a study that an earlier run finished, if it was made from the same inputs.
   *
   * @param inputs as `fingerprintInputs` tells them
   */
  async keep(inputs: string): Promise<WrittenStudy | undefined> {
    const kept = await this.#finished.take(this.#hash, inputs);
    return kept && this.#append(kept.name, kept.record);
  }

  /** Writes a study; if it fails, no file remains. */
  async add(prediction: StudyPrediction): Promise<WrittenStudy> {
    const name = await this.#finished.nameFor(prediction.plan.studyInstanceUid);
    const folder = join(this.#out, 'studies', name);
    let record: StudyRecord;
    try {
      record = await this.#writeFiles(folder, name, prediction);
    } catch (cause) {
      await rm(folder, { recursive: true, force: true });
      this.#finished.free(name);
      throw cause;
    }
    return this.#append(name, record);
  }

  /** @returns the paths of the files over all studies */
  async close(notPredicted: NotPredicted): Promise<readonly string[]> {
    const { slices, studies, arrow } = this.#tables;
    await slices.close();
    await studies.close();
    await arrow.close();
    const files = ['studies.csv', 'slices.csv', 'slices.arrow', 'run.json'];
    if (this.#settings.html) {
      const page = runPage(this.#manifest, this.#lines, notPredicted.failed);
      await writeFileAtomic(join(this.#out, 'index.html'), page);
      files.unshift('index.html');
    }
    // Written last: it states whether the results are complete.
    await writeRunFile(this.#out, this.#manifest, this.#settings, this.#createdAt, {
      ...notPredicted,
      status: notPredicted.notDone > 0 ? 'stopped' : 'complete',
      predicted: this.#lines.length,
      notInThisRun: this.#finished.unclaimed,
    });
    await this.#lock.release();
    return files.map((file) => join(this.#out, file));
  }

  /** Gives up; finished studies stay for the next run. */
  async abort(): Promise<void> {
    await this.#tables.slices.abort();
    await this.#tables.studies.abort();
    await this.#tables.arrow.abort();
    await this.#lock.release();
  }

  async #append(name: string, record: StudyRecord): Promise<WrittenStudy> {
    const { slices, studies, arrow } = this.#tables;
    const { studyInstanceUid, seriesInstanceUid, warnings } = record;
    const ids = [name, studyInstanceUid, seriesInstanceUid];
    await slices.append(
      record.slices.map((row): CsvCell[] => [
        ...ids,
        row.sopInstanceUid,
        row.file,
        row.slice,
        row.position ?? undefined,
        ...inOrder(row.calibrated),
        ...inOrder(row.raw),
      ]),
    );
    await arrow.append(sliceColumns(record));
    const calibrated = inOrder(record.calibrated);
    const above = inOrder(record.aboveThreshold);
    const flags = above.map((one) => (one === null ? undefined : one ? 'yes' : 'no'));
    await studies.append([
      [
        ...ids,
        record.slices.length,
        record.studyScore,
        ...calibrated,
        ...inOrder(record.raw),
        ...flags,
        warnings.join('; '),
      ],
    ]);
    const before = this.#lines.at(-1)?.name;
    if (this.#settings.html && before !== undefined) {
      await linkToNext(join(this.#out, 'studies'), before, name);
    }
    this.#lines.push({
      name,
      slices: record.slices.length,
      calibrated,
      above,
      headline: record.headline,
      warnings: warnings.length,
    });
    return { folder: join('studies', name), record, above };
  }

  /** `prediction.json` comes last: a folder without it is unfinished. */
  async #writeFiles(folder: string, name: string, prediction: StudyPrediction): Promise<StudyRecord> {
    const { dicom, html, patientData } = this.#settings;
    const objects = dicom
      ? await derivedObjects(prediction, this.#manifest, this.#hash, this.#createdAt)
      : { warnings: [] };
    const warnings = [...prediction.warnings, ...objects.warnings];
    if (html) {
      const before = this.#lines.at(-1)?.name;
      const options = {
        title: name,
        patientData,
        bundleHash: this.#hash,
        ...(before === undefined ? {} : { previous: addressOf(before) }),
      };
      const page = studyPage({ ...prediction, warnings }, this.#manifest, options);
      await writeFileAtomic(join(folder, 'report.html'), renderStudy(page));
    }
    if (objects.report) await writeFileAtomic(join(folder, 'report.dcm'), objects.report);
    if (objects.keyImage) await writeFileAtomic(join(folder, 'key-image.dcm'), objects.keyImage);
    const record = studyRecord(prediction, this.#manifest, this.#hash, objects.warnings);
    await writeFileAtomic(join(folder, 'prediction.json'), `${JSON.stringify(record, null, 1)}\n`);
    return record;
  }
}

function settingsOf({ augment = true, series = null, paths = [], ...rest }: ResultOptions): RunSettings {
  const { patientData, dicom, html, heatMaps = 'key' } = rest;
  return { augment, series, patientData, dicom, html, heatMaps, paths };
}

async function openTables(out: string, manifest: BundleManifest): Promise<Tables> {
  const identifiers = ['study', 'StudyInstanceUID', 'SeriesInstanceUID'];
  const probabilities = [...perLabel('calibrated'), ...perLabel('raw')];
  return {
    slices: await CsvFile.open(join(out, 'slices.csv'), [
      ...identifiers,
      'SOPInstanceUID',
      'file',
      'slice',
      'position_mm',
      ...probabilities,
    ]),
    studies: await CsvFile.open(join(out, 'studies.csv'), [
      ...identifiers,
      'slices',
      'study_score',
      ...probabilities,
      ...perLabel('above_threshold'),
      'warnings',
    ]),
    arrow: await openTableWriter(join(out, 'slices.arrow'), sliceResultsTable, {
      metadata: { 'ichor.bundle': manifest.name, 'ichor.bundle.hash': bundleHash(manifest) },
    }),
  };
}

function sliceColumns({
  studyInstanceUid,
  seriesInstanceUid,
  slices,
}: StudyRecord): ColumnsOf<typeof sliceResultsTable> {
  const labels = <P extends 'raw' | 'calibrated'>(prefix: P) =>
    labelColumns(prefix, (label) => Float32Array.from(slices, (slice) => slice[prefix][label]));
  return {
    StudyInstanceUID: slices.map(() => studyInstanceUid),
    SeriesInstanceUID: slices.map(() => seriesInstanceUid),
    SOPInstanceUID: slices.map(({ sopInstanceUid }) => sopInstanceUid),
    file: slices.map(({ file }) => file),
    slice: Int32Array.from(slices, ({ slice }) => slice),
    position: Float64Array.from(slices, ({ position }) => position ?? NaN),
    ...labels('raw'),
    ...labels('calibrated'),
  };
}
