import type { DicomAttributes, Vector3 } from '../attributes.js';

/** The attributes that decide where a slice belongs. */
export type PlacingAttributes = Pick<
  DicomAttributes,
  | 'StudyInstanceUID'
  | 'SeriesInstanceUID'
  | 'PatientID'
  | 'SeriesDescription'
  | 'Modality'
  | 'ImageType'
  | 'NumberOfFrames'
  | 'ImagePositionPatient'
  | 'ImageOrientationPatient'
  | 'InstanceNumber'
  | 'SliceLocation'
  | 'SliceThickness'
>;

/** The part of a file that the assembly needs: a `DicomFile` or a `DicomHeader` has it. */
export interface Slice {
  readonly name: string | undefined;
  readonly attributes: PlacingAttributes;
}

export interface PlacedSlice<S extends Slice = Slice> {
  readonly slice: S;
  /** mm along the normal of the series. */
  readonly position: number;
}

/** Two or more slices at one place. The first is in `slices`, the others are not. */
export interface Duplicate<S extends Slice = Slice> {
  readonly position: number;
  readonly kept: S;
  readonly others: readonly S[];
}

/** A step that is too long in comparison with its neighbours. */
export interface Gap {
  /** Index of the slice before it. */
  readonly after: number;
  /** mm */
  readonly distance: number;
  /** mm; median of the steps around it. */
  readonly expected: number;
  /** Number of slices with the expected distance that fit into the gap. */
  readonly missing: number;
}

export interface Series<S extends Slice = Slice> {
  readonly SeriesInstanceUID: string;
  readonly SeriesDescription: string | undefined;
  /** Unit normal of all slices, towards the head. */
  readonly normal: Vector3;
  /** Degrees between the normal and the table. */
  readonly tilt: number;
  /** From the feet towards the head, one at a place. */
  readonly slices: readonly PlacedSlice<S>[];
  /** mm from each slice to the next; one less than slices. */
  readonly steps: readonly number[];
  readonly duplicates: readonly Duplicate<S>[];
  readonly gaps: readonly Gap[];
}

export interface Study<S extends Slice = Slice> {
  readonly StudyInstanceUID: string;
  readonly PatientID: string | undefined;
  readonly series: readonly Series<S>[];
}

export type LeftOutReason =
  | 'not-ct'
  | 'localizer'
  | 'no-study-uid'
  | 'no-series-uid'
  | 'no-position'
  | 'no-orientation'
  | 'same-position'
  | 'other-orientation';

export interface LeftOut<S extends Slice = Slice> {
  readonly slice: S;
  readonly reason: LeftOutReason;
  /** The reason in words, with the deciding value. */
  readonly explanation: string;
}

export interface Assembly<S extends Slice = Slice> {
  /** In the order of their first file. */
  readonly studies: readonly Study<S>[];
  readonly leftOut: readonly LeftOut<S>[];
}
