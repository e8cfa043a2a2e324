import type { BundleManifest } from '@ichor/bundle';
import { shrink } from '@ichor/pictures';
import type { ReportSlice, StudyReport } from '@ichor/report';
import type { StudyPrediction } from '../study-predictor.js';
import { textOf } from './findings-of.js';

export interface StudyPageOptions {
  /** A name that identifies nobody, e.g. `Study 3`. */
  readonly title: string;
  /** Put the patient's data into the page, folded; default not at all. */
  readonly patientData: boolean;
  readonly bundleHash: string;
}

/** Pixels a side of the slices in a page: enough to see blood, small enough to send by mail. */
const pagePixels = 384;

const patientKeywords = [
  'PatientName',
  'PatientID',
  'PatientBirthDate',
  'PatientSex',
  'StudyDate',
  'StudyTime',
  'AccessionNumber',
  'StudyInstanceUID',
  'SeriesInstanceUID',
];

/** What the page of a study shows. File names stay out of it: they often hold the name of the patient. */
export function studyPage(
  prediction: StudyPrediction,
  manifest: BundleManifest,
  { title, patientData, bundleHash }: StudyPageOptions,
): StudyReport {
  const { plan, slices, raw, calibrated, keySlices, warnings, unreadable, values } = prediction;
  const named = new Set(unreadable.map(({ name }) => name));
  const anonymous = warnings.filter((text) => ![...named].some((name) => text.startsWith(name)));
  const report: StudyReport = {
    title,
    labels: manifest.labels,
    raw,
    calibrated,
    thresholds: manifest.thresholds.map((one) => one?.threshold),
    slices: slices.map((slice, index): ReportSlice => ({
      name: `slice ${index + 1}`,
      ...(slice.slice.position === undefined ? {} : { position: slice.slice.position }),
      picture: shrink(slice.picture(), pagePixels),
      raw: slice.raw,
      calibrated: slice.calibrated,
      ...(slice.heat ? { heat: slice.heat } : {}),
    })),
    keySlices,
    series: plan.series,
    otherSeries: plan.otherSeries,
    warnings:
      unreadable.length === 0 ? anonymous : [...anonymous, `${unreadable.length} slices could not be read and are left out`],
    model: [
      ['bundle', manifest.name],
      ['hash', bundleHash],
      ['made', `${manifest.createdAt.slice(0, 10)} by Ichor ${manifest.software.ichor}`],
      ['networks', manifest.networks.map(({ model, fold }) => `${model} (fold ${fold})`).join(', ')],
      ['out-of-fold weighted log loss', manifest.ensemble.outOfFold.weightedLogLoss.toFixed(4)],
    ],
  };
  if (patientData) {
    report.patient = patientKeywords.flatMap((keyword) => {
      const value = textOf(values, keyword);
      return value === undefined ? [] : [[keyword, value] as const];
    });
  }
  return report;
}
