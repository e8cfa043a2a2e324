import type { OperatingPoint } from '../operating-points.js';
import type { HeatMap, HounsfieldSlice, Mask } from '@ichor/windowing/pictures';

/** The labels whose numbers may be taken for findings, as indices. */
export function separatedLabels({ labels, separates }: StudyReport): readonly number[] {
  return [...labels.keys()].filter((label) => separates?.[label] !== false);
}

/** Why a slice of a report has no heat map; undefined where it has one. */
export function whyNoHeat(report: StudyReport, index: number): string | undefined {
  if (report.slices[index]?.heat) return undefined;
  if (separatedLabels(report).every((label) => report.labels[label] === 'any')) {
    return 'No heat map: this bundle separates no kind of hemorrhage that one could explain.';
  }
  if (report.heatMaps === 'none') {
    return 'No heat map: this run made none. “ichor predict --heat-maps key” makes those of the key slices, “all” those of every slice.';
  }
  if (report.heatMaps !== 'all' && !report.keySlices.includes(index)) {
    return 'No heat map of this slice: this run made those of the key slices. “ichor predict --heat-maps all” makes those of every slice.';
  }
  return 'No heat map of this slice: no single region supports the most probable kind.';
}

/** Probabilities 0..1, one per label of the report, in its order. */
export type Probabilities = readonly number[];

export interface ReportSlice {
  /** How the slice is called in the tables, e.g. its SOP Instance UID or file name. */
  readonly name: string;
  /** Millimetres along the slice normal, when known. */
  readonly position?: number;
  readonly picture: HounsfieldSlice;
  /** ImageOrientationPatient of the picture as it is shown; without it there are no marks. */
  readonly orientation?: readonly number[];
  /** Millimetres across the whole picture; without them there is no scale bar. */
  readonly fieldOfView?: { readonly width: number; readonly height: number };
  readonly raw: Probabilities;
  readonly calibrated: Probabilities;
  /** What moved the prediction of `label` on this slice, 0..1. */
  readonly heat?: HeatMap & { readonly label: string };
  /** The true mask of blood, of the size of `picture`, and its labels; known for synthetic heads. */
  readonly truth?: { readonly mask: Mask; readonly labels: readonly string[] };
}

export interface StudyReport {
  /** A name that does not identify the patient. */
  readonly title: string;
  /** The line that readers look for, e.g. `nothing above the thresholds`. */
  readonly headline?: { readonly text: string; readonly kind: 'suspected' | 'nothing' | 'none' };
  /** Why some or all of the numbers are no findings. */
  readonly alarm?: string;
  readonly operatingPoints?: readonly OperatingPoint[];
  /** Name and value: the facts about the pictures that a reader needs first. */
  readonly facts?: readonly (readonly [name: string, value: string])[];
  /** Below each printed sheet. */
  readonly footer?: string;
  /** Addresses of other pages, from this one. */
  readonly links?: { readonly overview?: string; readonly previous?: string };
  /** A notice for every number, e.g. that the networks have seen synthetic heads only. */
  readonly notice?: string;
  readonly labels: readonly string[];
  /** Per label, whether its numbers may be taken for findings; absent: all may. */
  readonly separates?: readonly boolean[];
  readonly raw: Probabilities;
  readonly calibrated: Probabilities;
  /** What the numbers above mean, one sentence or two each. */
  readonly explanations: readonly string[];
  /** Per label, on calibrated study probabilities; absent where none was fixed. */
  readonly thresholds?: readonly (number | undefined)[];
  /** Along the slice normal, from the feet up. */
  readonly slices: readonly ReportSlice[];
  /** One sentence: why the numbers of the study are not the highest points of the curves of its slices. */
  readonly studyAndSlices?: string;
  /** The slices that have heat maps; default `key`. */
  readonly heatMaps?: 'all' | 'key' | 'none';
  /** Indices into `slices`, most suspicious first. */
  readonly keySlices: readonly number[];
  /** Which series was read and why, and why each other one was not. */
  readonly series: { readonly name: string; readonly reason: string };
  readonly otherSeries: readonly { readonly name: string; readonly reason: string }[];
  readonly warnings: readonly string[];
  /** Name and value, e.g. bundle, version, hash. */
  readonly model: readonly (readonly [name: string, value: string])[];
  /** Only if the user requested it; collapsed until clicked. */
  patient?: readonly (readonly [name: string, value: string])[];
}
