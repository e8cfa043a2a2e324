/** How values and lengths are written in a data set or in an item of a sequence. */
export interface Encoding {
  readonly explicit: boolean;
  readonly bigEndian: boolean;
}

/** The place of one element in the bytes; its value is not decoded yet. */
export interface Element {
  /** `xggggeeee`, lower case. */
  readonly tag: string;
  /** Value representation from the file, or undefined in implicit data sets. */
  readonly vr: string | undefined;
  /** First byte of the value. */
  readonly offset: number;
  /** Length of the value in bytes; for undefined lengths, the bytes before the delimiter. */
  readonly length: number;
  readonly undefinedLength: boolean;
  /** The items of a sequence. */
  readonly items?: readonly DataSet[];
}

/** The elements of a file, or of an item of a sequence. */
export interface DataSet {
  readonly bytes: Uint8Array;
  readonly encoding: Encoding;
  readonly elements: ReadonlyMap<string, Element>;
}

export const UNDEFINED_LENGTH = 0xffffffff;
