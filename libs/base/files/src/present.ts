import { IchorError } from './error.js';

/**
 * A value that the code before has made sure of: the element at a valid index, the entry of a known key.
 *
 * If it is missing all the same, the program is wrong. It then stops here, and no `undefined` gets into results.
 *
 * @param what the name of the value for the message
 * @throws IchorError `files/missing-value`
 */
export function present<T>(value: T, what = 'an element or entry'): NonNullable<T> {
  if (value === undefined || value === null) {
    throw new IchorError({
      code: 'files/missing-value',
      reason: `${what} that must be there is missing`,
      remedy: 'this is a fault of Ichor, not of the input: please report it with the command and its output',
    });
  }
  return value;
}
