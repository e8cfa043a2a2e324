import { IchorError, type IchorErrorDetails } from './error.js';

/** An error on its way from one thread to another: a plain copy would lose its class, code and remedy. */
export type Failure = { readonly details: IchorErrorDetails } | { readonly error: unknown };

/** What to send. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof IchorError)) return { error };
  const { code, reason, file, remedy } = error;
  return {
    details: {
      code,
      reason,
      ...(file === undefined ? {} : { file }),
      ...(remedy === undefined ? {} : { remedy }),
    },
  };
}

/** What to throw where it arrives. */
export function errorOf(failure: Failure): unknown {
  return 'details' in failure ? new IchorError(failure.details) : failure.error;
}
