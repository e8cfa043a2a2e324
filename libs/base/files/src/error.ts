import { printableLine } from './printable.js';

/** What an error says. A package that throws its own kind of error lists its codes as `Code`. */
export interface IchorErrorDetails<Code extends string = string> {
  /** Machine-readable kind of failure, stable across releases, e.g. `dicom/truncated`. */
  readonly code: Code;
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
 * `message` reads `file: reason (remedy)`, so that it is complete in a log.
 *
 * A package with codes of its own extends it in one way: a union of the codes, `declare readonly code`, and a constructor
 * that takes `IchorErrorDetails` of that union.
 */
export class IchorError extends Error {
  override readonly name: string = 'IchorError';
  readonly code: string;
  readonly reason: string;
  readonly file: string | undefined;
  readonly remedy: string | undefined;

  constructor({ code, reason, file, remedy, cause }: IchorErrorDetails) {
    super(
      [
        file === undefined ? '' : `${printableLine(file)}: `,
        reason,
        remedy === undefined ? '' : ` (${remedy})`,
      ].join(''),
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
    this.reason = reason;
    this.file = file;
    this.remedy = remedy;
  }
}

/** What a caught value says: anything can be thrown. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
