/**
 * A value that earlier code guarantees: the element at a valid index, the entry of a known key.
 *
 * If it is missing nevertheless, the program is wrong. It then stops here, and no `undefined` gets into results. `null` is
 * not missing: it marks a quantity without a value, such as the calibration of a label without a positive study.
 *
 * @param what the name of the value for the message
 * @throws RangeError, not IchorError: a run leaves out files with an IchorError, and must not do so for a program error
 */
export function present<T>(value: T | undefined, what = 'an element or entry'): T {
  if (value === undefined) throw new RangeError(`${what} that must be there is missing`);
  return value;
}
