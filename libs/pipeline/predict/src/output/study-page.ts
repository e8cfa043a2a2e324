import type { BundleManifest } from '@ichor/bundle';
import { shrink } from '@ichor/windowing/pictures';
import type { ReportSlice, StudyReport } from '@ichor/report';
import type { StudyPrediction } from '../study-predictor.js';
import { anonymizer } from './anonymous.js';
import { textOf } from './findings-of.js';
import { studyScoreSentence } from './study-score-sentence.js';

export interface StudyPageOptions {
  /** A name that identifies nobody, e.g. `Study 3`. */
  readonly title: string;
  /** Put the patient's data into the page, folded; default not at all. */
  readonly patientData: boolean;
  readonly bundleHash: string;
}

/** Pixels a side of the slices in a page: all of them, about 0.15 MB a slice; of long series less, or nobody opens it. */
const pagePixels = (slices: number) => (slices <= 60 ? 512 : 384);

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
  const anonymous = anonymizer(prediction);
  const others = warnings.filter((text) => ![...named].some((name) => text.startsWith(name))).map(anonymous);
  const described = ({ name, reason }: StudyReport['series']) => ({
    name: anonymous(name),
    reason: anonymous(reason),
  });
  const report: StudyReport = {
    title,
    labels: manifest.labels,
    raw,
    calibrated,
    explanations: explanationsOf(manifest),
    thresholds: manifest.thresholds.map((one) => one?.threshold),
    slices: slices.map((slice, index): ReportSlice => ({
      name: `slice ${index + 1}`,
      ...(slice.slice.position === undefined ? {} : { position: slice.slice.position }),
      // Made when the page asks: not all slices are in memory once more.
      get picture() {
        return shrink(slice.picture(), pagePixels(slices.length));
      },
      raw: slice.raw,
      calibrated: slice.calibrated,
      ...(slice.heat ? { heat: slice.heat } : {}),
    })),
    keySlices,
    series: described(plan.series),
    otherSeries: plan.otherSeries.map(described),
    warnings:
      unreadable.length === 0
        ? others
        : [
            ...others,
            `${unreadable.length} ${unreadable.length === 1 ? 'slice is' : 'slices are'} left out: prediction.json names them and says why`,
          ],
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

/** What the numbers of a study mean; the definitions of the bundle, for readers. */
function explanationsOf(manifest: BundleManifest): string[] {
  const { ensemble, labels, thresholds } = manifest;
  const fixed = thresholds.flatMap((one, label) => (one ? [{ ...one, label: labels[label]! }] : []));
  const [first] = fixed;
  const decision = first
    ? [
        `Above: not below the threshold, which is the highest that found, with a margin, at least ${100 * first.wanted} % of the positive ` +
          `studies out of fold. It was fixed on ${fixed.map(({ label, positives, negatives }) => `${positives} positive and ${negatives} negative studies (${label})`).join(', ')}.`,
      ]
    : [];
  return [
    `Raw: what the ${ensemble.kind === 'mean' ? 'networks give on average' : 'stackers make of the networks'}. ${studyScoreSentence(manifest)}`,
    'Calibrated: the raw number made to mean a frequency, by predictions of slices and studies that the networks had not seen: of the cases with 0.3, three in ten were positive, where bleeds are as frequent as they were in training.',
    ...decision,
  ];
}
