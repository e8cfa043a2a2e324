import type { LeftOut, Source } from './source.js';

/** A slice that will be read. */
export interface StudySlice {
  readonly source: Source;
  /** mm along the slice normal from feet to head; undefined where the files have no positions. */
  readonly position: number | undefined;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
}

/** A series, or a volume of one, that is not read. */
export interface OtherSeries {
  readonly name: string;
  readonly reason: string;
  /** The id that selects it: its SeriesInstanceUID, with `#2` for the second volume of a series. */
  readonly selector: string;
}

/** One study: which series is read, in which order, and what was noticed. */
export interface StudyPlan {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly series: { readonly name: string; readonly reason: string };
  readonly otherSeries: readonly OtherSeries[];
  /** From the feet to the head, one at a place. */
  readonly slices: readonly StudySlice[];
  /** Files of the series that have no place in it. */
  readonly leftOut: readonly LeftOut[];
  /** None names a file: paths often hold the name of the patient. */
  readonly warnings: readonly string[];
}

/** A study without a series that can be read. */
export interface UnfitStudy {
  readonly studyInstanceUid: string;
  /** Why, without identifiers. */
  readonly reason: string;
  readonly otherSeries: readonly OtherSeries[];
}
