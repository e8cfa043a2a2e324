/** What squeue says of one task of an array. */
export interface QueueEntry {
  /** `123_4`, or `123` of a job without array. */
  readonly job: string;
  /** `PENDING`, `RUNNING`, `COMPLETED`, `FAILED`, `TIMEOUT`, ... */
  readonly state: string;
  /** Until the limit, in seconds. */
  readonly limitLeft: number | undefined;
  readonly node: string | undefined;
  /** Why it waits, or how it ended: `Dependency`, `Resources`, `NonZeroExitCode`. */
  readonly reason: string | undefined;
  readonly name: string;
}

const FIELDS = ['%i', '%T', '%L', '%N', '%r', '%j'];

/** One call for all jobs of this user, ended ones too as long as Slurm remembers them. */
export const queueArguments = [
  '--me',
  '--noheader',
  '--states=all',
  '--array',
  `--format=${FIELDS.join('|')}`,
] as const;

/** Reads what squeue prints for {@link queueArguments}; lines of another form are no entries. */
export function parseQueue(output: string): QueueEntry[] {
  return output.split('\n').flatMap((line) => {
    const [job = '', state = '', left = '', node = '', reason = '', name = '', ...more] = line
      .trim()
      .split('|');
    if (!/^\d+(_\d+)?$/.test(job) || !/^[A-Z_]+$/.test(state) || more.length > 0) return [];
    return [
      {
        job,
        state,
        limitLeft: seconds(left),
        node: node === '' || node === '(null)' ? undefined : node,
        reason: reason === '' || reason === 'None' ? undefined : reason,
        name,
      },
    ];
  });
}

/** `5:03`, `1:00:00`, `2-03:00:00`; undefined for `UNLIMITED`, `INVALID`, `NOT_SET`. */
function seconds(text: string): number | undefined {
  const [, days = '0', hours = '0', minutes, rest] = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d\d)$/.exec(text) ?? [];
  if (minutes === undefined) return undefined;
  return Number(days) * 86_400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
}
