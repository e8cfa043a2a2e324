/** Bytes that may be a DICOM file: a file on disk or an entry of an archive. */
export interface Source {
  /** For messages: a path, or `archive.zip: path inside`. */
  readonly name: string;
  /** Whether `name` is a path, of which a part can be read by itself. */
  readonly onDisk: boolean;
  /** Bytes to expect; of an archive's entry, after unpacking. */
  readonly size: number;
  /** @throws IchorError */
  read(): Promise<Uint8Array>;
}

/** Something that was given but is not read, and why. */
export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}

/** What a walk meets: something to read, or something to name in the summary. */
export type Found = { readonly source: Source } | { readonly leftOut: LeftOut };
