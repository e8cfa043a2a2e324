import { IchorError, type IchorErrorDetails } from '@ichor/files/error';

/** What can be wrong with a DICOM file; stable across releases. */
export type DicomErrorCode =
  /** The file cannot be opened or read. */
  | 'dicom/unreadable'
  /** Neither a DICOM prefix nor a data set without preamble. */
  | 'dicom/not-dicom'
  /** The file ends inside something that it announced. */
  | 'dicom/truncated'
  /** Elements, items or fragments that contradict the standard. */
  | 'dicom/malformed'
  /** Sequences inside sequences beyond the limit. */
  | 'dicom/too-deep'
  /** Sizes beyond the limits that the caller set. */
  | 'dicom/too-large'
  /** An attribute that is needed is not there. */
  | 'dicom/missing-attribute'
  /** The values of the pixels are not Hounsfield units. */
  | 'dicom/not-hounsfield'
  /** An attribute with a value that cannot be. */
  | 'dicom/bad-attribute'
  /** A transfer syntax or pixel layout that this package does not read. */
  | 'dicom/unsupported'
  /** There is no frame of that number. */
  | 'dicom/no-such-frame'
  /** The compressed pixels contradict the attributes or cannot be decoded. */
  | 'dicom/bad-pixels'
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

/** Failures inside a codec or a parser arrive as anything; out go only `DicomError`s. */
export function asDicomError(cause: unknown, otherwise: DicomErrorDetails): DicomError {
  return cause instanceof DicomError ? cause : new DicomError({ ...otherwise, cause });
}
