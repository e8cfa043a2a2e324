import { IchorError, type IchorErrorDetails } from './error.js';

/** An error that is sent from one thread to another: a plain copy would lose its class, code and remedy. */
export type Failure = { readonly details: IchorErrorDetails } | { readonly error: unknown };

/** Converts an error to a message for the other thread. */
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

/** Converts the message back to an error that the receiving thread can throw. */
export function errorOf(failure: Failure): unknown {
  return 'details' in failure ? new IchorError(failure.details) : failure.error;
}
