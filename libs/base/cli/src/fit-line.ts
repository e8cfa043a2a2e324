/** The parts of a line of progress; a missing part is ''. */
export interface ProgressLine {
  readonly name: string;
  readonly bar: string;
  readonly share: string;
  readonly count: string;
  /** Rate and time left. */
  readonly pace: readonly string[];
  readonly fields: readonly string[];
}

/** At least so many characters of the name stay: `…fold 0  epoch 1/3`. */
const shortestName = 18;

/**
 * The line in at most `width` characters where that is possible. Redundant parts are removed first, in this order: the
 * bar, the beginning of the name, the count after the percentage.
 */
export function fitLine({ name, bar, share, count, pace, fields }: ProgressLine, width = Infinity): string {
  const join = (...pieces: readonly string[]): string => pieces.filter((piece) => piece !== '').join('  ');
  const rest = [...pace, ...fields];
  const whole = join(name, bar, share, count, ...rest);
  if (whole.length <= width) return whole;
  const withCount = join(share, count, ...rest);
  const room = width - 2 - withCount.length;
  if (room >= Math.min(shortestName, name.length)) return join(shortened(name, room), withCount);
  const tail = share === '' ? withCount : join(share, ...rest);
  return join(shortened(name, Math.max(shortestName, width - 2 - tail.length)), tail);
}

function shortened(name: string, room: number): string {
  return name.length <= room ? name : `…${name.slice(name.length - room + 1)}`;
}
