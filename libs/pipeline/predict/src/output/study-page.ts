import { separationOf, separationWarning, type BundleManifest } from '@ichor/bundle';
import { present } from '@ichor/files';
import { shrink } from '@ichor/windowing/pictures';
import type { ReportSlice, StudyReport } from '@ichor/report';
import type { PredictedSlice, StudyPrediction } from '../study-predictor.js';
import { anonymizer } from './anonymous.js';
import { headlineOf } from './headline.js';
import { operatingPoints } from './operating-points.js';
import { textOf } from './findings-of.js';
import { studyAndSlices, studyScoreSentence } from './study-score-sentence.js';

export interface StudyPageOptions {
  /** A name that does not identify the patient, e.g. `Study 3`. */
  readonly title: string;
  /** Put the patient's data into the page, folded; default not at all. */
  readonly patientData: boolean;
  readonly bundleHash: string;
  /** Address of the page of the study before, from this page. */
  readonly previous?: string;
}

/**
 * Side of the slices in a page, in pixels: full size, about 0.15 MB per slice; smaller for long series, to
 * limit the page size.
 */
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
  { title, patientData, bundleHash, previous }: StudyPageOptions,
): StudyReport {
  const { plan, slices, raw, calibrated, keySlices, heatMaps, warnings, unreadable, values } = prediction;
  const named = new Set(unreadable.map(({ name }) => name));
  const anonymous = anonymizer(prediction);
  const others = warnings.filter((text) => ![...named].some((name) => text.startsWith(name))).map(anonymous);
  const described = ({ name, reason }: StudyReport['series']) => ({
    name: anonymous(name),
    reason: anonymous(reason),
  });
  const alarm = separationWarning(manifest);
  const report: StudyReport = {
    title,
    headline: headlineOf(prediction, manifest),
    ...(alarm === undefined ? {} : { alarm }),
    separates: separationOf(manifest).map(({ separates }) => separates),
    operatingPoints: operatingPoints(manifest),
    facts: factsOf(prediction, manifest, patientData),
    footer: `Bundle ${manifest.name}, hash ${bundleHash}`,
    links: { overview: '../../index.html', ...(previous === undefined ? {} : { previous }) },
    ...(manifest.notice === undefined ? {} : { notice: manifest.notice }),
    labels: manifest.labels,
    raw,
    calibrated,
    explanations: explanationsOf(manifest),
    thresholds: manifest.thresholds.map((one) => one?.threshold),
    slices: slices.map((slice, index) => reportSlice(slice, `slice ${index + 1}`, pagePixels(slices.length))),
    keySlices,
    heatMaps,
    studyAndSlices: studyAndSlices(manifest),
    series: described(plan.series),
    otherSeries: plan.otherSeries.map(described),
    warnings:
      unreadable.length === 0
        ? others
        : [
            ...others,
            `${unreadable.length} ${unreadable.length === 1 ? 'slice is' : 'slices are'} left out: prediction.json names them and says why`,
          ],
    model: modelFacts(manifest, bundleHash),
  };
  if (patientData) {
    report.patient = patientKeywords.flatMap((keyword) => {
      const value = textOf(values, keyword);
      return value === undefined ? [] : [[keyword, value] as const];
    });
  }
  return report;
}

function reportSlice(slice: PredictedSlice, name: string, pixels: number): ReportSlice {
  return {
    name,
    ...(slice.slice.position === undefined ? {} : { position: slice.slice.position }),
    // Made on request, so that not all slices are in memory a second time.
    get picture() {
      return shrink(slice.picture(), pixels);
    },
    raw: slice.raw,
    calibrated: slice.calibrated,
    ...(slice.heat ? { heat: slice.heat } : {}),
    ...(slice.orientation ? { orientation: slice.orientation } : {}),
    ...(slice.fieldOfView ? { fieldOfView: slice.fieldOfView } : {}),
  };
}

function modelFacts(manifest: BundleManifest, bundleHash: string): (readonly [string, string])[] {
  return [
    ['bundle', manifest.name],
    ['hash', bundleHash],
    ['made', `${manifest.createdAt.slice(0, 10)} by Ichor ${manifest.software.ichor}`],
    ['networks', manifest.networks.map(({ model, fold }) => `${model} (fold ${fold})`).join(', ')],
    ['out-of-fold weighted log loss', manifest.ensemble.outOfFold.weightedLogLoss.toFixed(4)],
  ];
}

/** The facts about the pictures that a reader needs first. The date of a study is data of the patient. */
function factsOf(
  { slices, values }: StudyPrediction,
  { name, software }: BundleManifest,
  patientData: boolean,
): (readonly [string, string])[] {
  const positions = slices.map(({ slice }) => slice.position);
  const steps = positions.flatMap((position, index) => {
    const before = positions[index - 1];
    return position === undefined || before === undefined ? [] : [Math.abs(position - before)];
  });
  const middle = steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)];
  const pixel = slices[0]?.pixelSpacing;
  const date = patientData ? textOf(values, 'StudyDate') : undefined;
  return [
    ...(date === undefined ? [] : [['date of the study', date] as const]),
    ['slices', String(slices.length)],
    ['distance of slices', middle === undefined ? 'unknown' : `${middle.toFixed(2)} mm`],
    [
      'size of a pixel',
      pixel === undefined ? 'unknown' : `${pixel[0].toFixed(3)} x ${pixel[1].toFixed(3)} mm`,
    ],
    ['bundle', `${name}, made by Ichor ${software.ichor}`],
  ];
}

/** Explains the numbers of a study to readers, by the definitions of the bundle. */
function explanationsOf(manifest: BundleManifest): string[] {
  const { ensemble, labels, thresholds } = manifest;
  const fixed = thresholds.flatMap((one, label) => (one ? [{ ...one, label: present(labels[label]) }] : []));
  const [first] = fixed;
  const decision = first
    ? [
        `Above: not below the threshold, which is the highest that found, with a margin, at least ${100 * first.wanted} % of the positive ` +
          `studies out of fold. It was fixed on ${fixed.map(({ label, positives, negatives }) => `${positives} positive and ${negatives} negative studies (${label})`).join(', ')}.`,
      ]
    : [];
  return [
    `Raw: what the ${ensemble.kind === 'mean' ? 'networks give on average' : 'stackers make of the networks'}. ${studyScoreSentence(manifest)}`,
    'Calibrated: the raw number, scaled so that it estimates a frequency, with predictions of slices and studies that the networks had not seen: three in ten of the cases with 0.3 were positive, if bleeds are as frequent as in training.',
    ...decision,
  ];
}
