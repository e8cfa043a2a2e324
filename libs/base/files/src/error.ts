export interface IchorErrorDetails {
  /** Machine-readable kind of failure, stable across releases, e.g. `dicom/truncated`. */
  readonly code: string;
  /** What happened: expected and received. */
  readonly reason: string;
  /** The file at fault, when there is one. */
  readonly file?: string;
  /** What the user can do about it. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

/**
 * The base of every error that Ichor throws on purpose.
 *
 * `message` reads `file: reason (remedy)`, so that it stands alone in a log.
 */
export class IchorError extends Error {
  override readonly name: string = 'IchorError';
  readonly code: string;
  readonly reason: string;
  readonly file: string | undefined;
  readonly remedy: string | undefined;

  constructor({ code, reason, file, remedy, cause }: IchorErrorDetails) {
    super(
      [file === undefined ? '' : `${file}: `, reason, remedy === undefined ? '' : ` (${remedy})`].join(''),
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
    this.reason = reason;
    this.file = file;
    this.remedy = remedy;
  }
}
