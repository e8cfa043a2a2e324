/** Stored values of one slice. Hounsfield units = value * slope + intercept. */
export interface Pixels {
  readonly values: StoredValues;
  /** RescaleSlope (0028,1053), HU per stored value. */
  readonly slope: number;
  /** RescaleIntercept (0028,1052), HU. */
  readonly intercept: number;
}

export type StoredValues = NarrowValues | WideValues;
/** Values that have a small table of all possible ones. */
export type NarrowValues = Uint8Array | Int8Array | Uint16Array | Int16Array;
export type WideValues = Int32Array | Uint32Array | Float32Array | Float64Array;

export function isNarrow(values: StoredValues): values is NarrowValues {
  return values.BYTES_PER_ELEMENT <= 2;
}
