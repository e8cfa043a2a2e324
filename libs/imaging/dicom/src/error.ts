import { IchorError, type IchorErrorDetails } from '@ichor/files/error';

/** The kinds of errors of a DICOM file; stable across releases. */
export type DicomErrorCode =
  /** The file cannot be opened or read. */
  | 'dicom/unreadable'
  /** Neither a DICOM prefix nor a data set without preamble. */
  | 'dicom/not-dicom'
  /** The file ends inside an element, item or fragment. */
  | 'dicom/truncated'
  /** Elements, items or fragments that contradict the standard. */
  | 'dicom/malformed'
  /** Sequences inside sequences beyond the limit. */
  | 'dicom/too-deep'
  /** Sizes beyond the limits that the caller set. */
  | 'dicom/too-large'
  /** A required attribute is missing. */
  | 'dicom/missing-attribute'
  /** The values of the pixels are not Hounsfield units. */
  | 'dicom/not-hounsfield'
  /** An attribute has an impossible value. */
  | 'dicom/bad-attribute'
  /** A transfer syntax or pixel layout that this package does not read. */
  | 'dicom/unsupported'
  /** There is no frame of that number. */
  | 'dicom/no-such-frame'
  /** The compressed pixels contradict the attributes or cannot be decoded. */
  | 'dicom/bad-pixels'
  /** The decoder of the pixels cannot be loaded in this browser. */
  | 'dicom/no-decoder'
  /** Pixels were requested from a data set without pixels. */
  | 'dicom/no-pixels';

export interface DicomErrorDetails extends IchorErrorDetails<DicomErrorCode> {
  /** Keyword of the attribute at fault, e.g. `BitsStored`, where there is one. */
  readonly attribute?: string | undefined;
}

/** Every failure of this package: names the file, the attribute, the reason and what to do. */
export class DicomError extends IchorError {
  override readonly name: string = 'DicomError';
  declare readonly code: DicomErrorCode;
  readonly attribute: string | undefined;
  readonly #details: DicomErrorDetails;

  constructor(details: DicomErrorDetails) {
    const { attribute, reason } = details;
    super({ ...details, reason: attribute === undefined ? reason : `${attribute}: ${reason}` });
    this.attribute = attribute;
    this.#details = details;
  }

  /** The same failure with the file that it happened in. */
  inFile(file: string): DicomError {
    return this.file === undefined
      ? new DicomError({ ...this.#details, file, cause: this.cause ?? this })
      : this;
  }
}

/** Converts any failure inside a codec or a parser to a `DicomError`. */
export function asDicomError(cause: unknown, otherwise: DicomErrorDetails): DicomError {
  return cause instanceof DicomError ? cause : new DicomError({ ...otherwise, cause });
}
