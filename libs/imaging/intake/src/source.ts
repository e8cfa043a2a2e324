import type { FileStart } from '@ichor/dicom';

/** Bytes that may be a DICOM file: a file on disk or an entry of an archive. */
export interface Source extends FileStart {
  /** For messages: a path, or `archive.zip: path inside`; what cannot be shown is written as `\u001b`. */
  readonly name: string;
  /** Bytes to expect; of an archive's entry, after unpacking. */
  readonly size: number;
  /**
   * The first `length` bytes: all that the planning of studies needs.
   *
   * @throws IchorError
   */
  first(length: number): Promise<Uint8Array>;
  /** @throws IchorError */
  read(): Promise<Uint8Array>;
}

/** An input that is not read, and the reason. */
export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}

/** A result of a walk: a source to read, or an input to name in the summary. */
export type Found = { readonly source: Source } | { readonly leftOut: LeftOut };
