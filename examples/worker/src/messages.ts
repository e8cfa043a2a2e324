/** Asks the worker for the studies of a folder. */
export interface Request {
  readonly folder: string;
}

/** Its answer, a message for each study, then one that says that there are no more. */
export type Answer =
  | { readonly study: string; readonly probabilities: readonly number[] }
  | { readonly done: true }
  | { readonly error: string };
