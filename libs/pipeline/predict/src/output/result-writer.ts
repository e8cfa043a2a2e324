import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleHash, type BundleManifest } from '@ichor/bundle';
import { IchorError, writeFileAtomic } from '@ichor/files';
import { keyImage, structuredReport } from '@ichor/findings';
import type { OtherSeries } from '@ichor/intake';
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
import { findingsOf, originOf, reference, sourceStudy } from './findings-of.js';
import { keyPicture } from './key-picture.js';
import { runPage, type StudyLine } from './run-page.js';
import { studyPage } from './study-page.js';

export interface ResultOptions {
  readonly patientData: boolean;
  /** Structured report and key image. */
  readonly dicom: boolean;
  readonly html: boolean;
}

/** A study that gave no probabilities, and why. */
export interface FailedStudy {
  readonly studyInstanceUid: string;
  readonly reason: string;
  /** Its series, where none of them could be read. */
  readonly otherSeries?: readonly OtherSeries[];
}

/** What `run.json` says of all that the tables do not hold. */
export interface NotPredicted {
  readonly failed: readonly FailedStudy[];
  /** Files that were not read, and why. */
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
  /** Studies that were not begun, because the run was stopped. */
  readonly notDone: number;
}

export interface WrittenStudy {
  /** Below the folder of the results. */
  readonly folder: string;
  /** Per label, whether the study is at or above the threshold; null where there is none. */
  readonly above: readonly (boolean | null)[];
}

const perLabel = (prefix: string) => LABELS.map((label) => `${prefix}_${label}`);

/** Writes what prediction gives, study by study: tables that appear at the end, and a folder for each study. */
export class ResultWriter {
  readonly #out: string;
  readonly #manifest: BundleManifest;
  readonly #options: ResultOptions;
  readonly #slices: CsvFile;
  readonly #studies: CsvFile;
  readonly #table: TableWriter<typeof sliceResultsTable>;
  readonly #lines: StudyLine[] = [];
  readonly #createdAt = new Date();

  private constructor(
    out: string,
    manifest: BundleManifest,
    options: ResultOptions,
    slices: CsvFile,
    studies: CsvFile,
    table: TableWriter<typeof sliceResultsTable>,
  ) {
    this.#out = out;
    this.#manifest = manifest;
    this.#options = options;
    this.#slices = slices;
    this.#studies = studies;
    this.#table = table;
  }

  /** @throws IchorError `predict/not-empty` when the folder holds something already */
  static async mustBeEmpty(out: string): Promise<void> {
    const names = await readdir(out).catch((cause: unknown) => {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
      throw cause;
    });
    if (names.length === 0) return;
    throw new IchorError({
      code: 'predict/not-empty',
      file: out,
      reason: 'the folder for the results is not empty',
      remedy: 'choose another one, or remove it',
    });
  }

  /** @throws IchorError `predict/not-empty` */
  static async open(out: string, manifest: BundleManifest, options: ResultOptions): Promise<ResultWriter> {
    await ResultWriter.mustBeEmpty(out);
    const identifiers = ['study', 'StudyInstanceUID', 'SeriesInstanceUID'];
    const probabilities = [...perLabel('calibrated'), ...perLabel('raw')];
    return new ResultWriter(
      out,
      manifest,
      options,
      await CsvFile.open(join(out, 'slices.csv'), [
        ...identifiers,
        'SOPInstanceUID',
        'file',
        'slice',
        'position_mm',
        ...probabilities,
      ]),
      await CsvFile.open(join(out, 'studies.csv'), [
        ...identifiers,
        'slices',
        ...probabilities,
        ...perLabel('above_threshold'),
        'warnings',
      ]),
      await openTableWriter(join(out, 'slices.arrow'), sliceResultsTable, {
        metadata: { 'ichor.bundle': manifest.name, 'ichor.bundle.hash': bundleHash(manifest) },
      }),
    );
  }

  #runRecord(notPredicted: NotPredicted) {
    const { name, labels, thresholds, software } = this.#manifest;
    return {
      notice: 'Not a medical device. For research only.',
      createdAt: this.#createdAt.toISOString(),
      bundle: { name, hash: bundleHash(this.#manifest), madeBy: software },
      thresholds: Object.fromEntries(labels.map((label, index) => [label, thresholds[index] ?? null])),
      predicted: this.#lines.length,
      ...notPredicted,
    };
  }

  /** Writes a study; one that cannot be written leaves nothing behind. */
  async add(prediction: StudyPrediction): Promise<WrittenStudy> {
    const number = this.#lines.length + 1;
    const name = `study-${String(number).padStart(4, '0')}`;
    const { plan, slices, raw, calibrated, warnings } = prediction;
    const { studyInstanceUid, seriesInstanceUid } = plan;
    const above = this.#manifest.thresholds.map((one, label) => one && calibrated[label]! >= one.threshold);
    const folder = join('studies', name);
    await this.#writeStudy(join(this.#out, folder), name, prediction);
    const ids = [name, studyInstanceUid, seriesInstanceUid];
    await this.#slices.append(
      slices.map(({ slice, ...row }, index): CsvCell[] => [
        ...ids,
        slice.sopInstanceUid,
        slice.source.name,
        index + 1,
        slice.position,
        ...row.calibrated,
        ...row.raw,
      ]),
    );
    await this.#table.append(sliceColumns(prediction));
    const flags = above.map((one) => (one === null ? undefined : one ? 'yes' : 'no'));
    await this.#studies.append([
      [...ids, slices.length, ...calibrated, ...raw, ...flags, warnings.join('; ')],
    ]);
    this.#lines.push({ name, slices: slices.length, calibrated, above, warnings: warnings.length });
    return { folder, above };
  }

  /** @returns the paths of the files over all studies */
  async close({ failed, leftOut, notDone }: NotPredicted): Promise<readonly string[]> {
    await this.#slices.close();
    await this.#studies.close();
    await this.#table.close();
    const files = ['studies.csv', 'slices.csv', 'slices.arrow', 'run.json'];
    await writeFileAtomic(
      join(this.#out, 'run.json'),
      `${JSON.stringify(this.#runRecord({ failed, leftOut, notDone }), null, 1)}\n`,
    );
    if (this.#options.html) {
      await writeFileAtomic(join(this.#out, 'index.html'), runPage(this.#manifest, this.#lines, failed));
      files.unshift('index.html');
    }
    return files.map((file) => join(this.#out, file));
  }

  async abort(): Promise<void> {
    await this.#slices.abort();
    await this.#studies.abort();
    await this.#table.abort();
  }

  async #writeStudy(folder: string, name: string, prediction: StudyPrediction): Promise<void> {
    try {
      await this.#writeFiles(folder, name, prediction);
    } catch (cause) {
      await rm(folder, { recursive: true, force: true });
      throw cause;
    }
  }

  async #writeFiles(folder: string, name: string, prediction: StudyPrediction): Promise<void> {
    const hash = bundleHash(this.#manifest);
    await writeFileAtomic(
      join(folder, 'prediction.json'),
      `${JSON.stringify(asJson(prediction, this.#manifest), null, 1)}\n`,
    );
    if (this.#options.html) {
      const { patientData } = this.#options;
      const page = studyPage(prediction, this.#manifest, { title: name, patientData, bundleHash: hash });
      await writeFileAtomic(join(folder, 'report.html'), renderStudy(page));
    }
    if (!this.#options.dicom) return;
    const study = sourceStudy(prediction);
    const origin = originOf(this.#manifest, hash, this.#createdAt);
    await writeFileAtomic(
      join(folder, 'report.dcm'),
      structuredReport(study, findingsOf(prediction, this.#manifest), origin),
    );
    const [key] = prediction.keySlices;
    const slice = prediction.slices[key!]!;
    const comment = `Slice ${key! + 1} in brain, subdural and bone windows${slice.heat ? `, and what moved the prediction of ${slice.heat.label}` : ''}. For research only; not a diagnosis.`;
    await writeFileAtomic(
      join(folder, 'key-image.dcm'),
      keyImage(study, keyPicture(slice), comment, [reference(slice.slice)], origin),
    );
  }
}

function sliceColumns({ plan, slices }: StudyPrediction): ColumnsOf<typeof sliceResultsTable> {
  const labels = <P extends 'raw' | 'calibrated'>(prefix: P) =>
    labelColumns(prefix, (_, index) => Float32Array.from(slices, (slice) => slice[prefix][index]!));
  return {
    StudyInstanceUID: slices.map(() => plan.studyInstanceUid),
    SeriesInstanceUID: slices.map(() => plan.seriesInstanceUid),
    SOPInstanceUID: slices.map(({ slice }) => slice.sopInstanceUid),
    file: slices.map(({ slice }) => slice.source.name),
    slice: Int32Array.from(slices, (_, index) => index + 1),
    position: Float64Array.from(slices, ({ slice }) => slice.position ?? NaN),
    ...labels('raw'),
    ...labels('calibrated'),
  };
}

/** Everything about a study for machines. */
export function asJson(
  { plan, slices, raw, calibrated, keySlices, warnings, unreadable }: StudyPrediction,
  { labels, thresholds }: BundleManifest,
) {
  const byLabel = (values: readonly number[]) =>
    Object.fromEntries(labels.map((label, index) => [label, values[index]]));
  return {
    notice: 'Not a medical device. For research only.',
    studyInstanceUid: plan.studyInstanceUid,
    seriesInstanceUid: plan.seriesInstanceUid,
    series: plan.series,
    otherSeries: plan.otherSeries,
    calibrated: byLabel(calibrated),
    raw: byLabel(raw),
    aboveThreshold: Object.fromEntries(
      labels.map((label, index) => {
        const threshold = thresholds[index]?.threshold;
        return [label, threshold === undefined ? null : calibrated[index]! >= threshold];
      }),
    ),
    keySlices: keySlices.map((index) => index + 1),
    warnings,
    unreadable,
    slices: slices.map(({ slice, ...row }, index) => ({
      slice: index + 1,
      file: slice.source.name,
      sopInstanceUid: slice.sopInstanceUid,
      position: slice.position ?? null,
      calibrated: byLabel(row.calibrated),
      raw: byLabel(row.raw),
    })),
  };
}
