/**
 * A value that the code before has made sure of: the element at a valid index, the entry of a known key.
 *
 * If it is missing all the same, the program is wrong. It then stops here, and no `undefined` gets into results. `null` is not
 * missing: it stands for what is known to have no value, such as the calibration of a label without a positive study.
 *
 * @param what the name of the value for the message
 * @throws RangeError and no IchorError: a fault of the program must not pass for one of a file, which runs leave out
 */
export function present<T>(value: T | undefined, what = 'an element or entry'): T {
  if (value === undefined) throw new RangeError(`${what} that must be there is missing`);
  return value;
}
