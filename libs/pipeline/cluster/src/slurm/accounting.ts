/** What sacct says of one task of an array. */
export interface AccountingEntry {
  readonly job: string;
  /** `COMPLETED`, `FAILED`, `OUT_OF_MEMORY`, `NODE_FAIL`, `CANCELLED`, ... */
  readonly state: string;
  /** Of all tries, in seconds. */
  readonly elapsed: number;
  readonly cpuSeconds: number;
  /** Bytes; undefined when it was not measured. */
  readonly peakMemory: number | undefined;
  readonly node: string | undefined;
}

const FIELDS = 'JobID,State,ElapsedRaw,TotalCPU,MaxRSS,NodeList';

/** One call for many jobs. */
export function accountingArguments(jobs: readonly string[]): string[] {
  return ['--noheader', '--parsable2', `--format=${FIELDS}`, `--jobs=${jobs.join(',')}`];
}

/** Reads what sacct prints: a line for the task, and one for each of its steps, which know the memory. */
export function parseAccounting(output: string): AccountingEntry[] {
  const entries = new Map<string, AccountingEntry>();
  for (const line of output.split('\n')) {
    const [id = '', state = '', elapsed = '', cpu = '', memory = '', node = ''] = line.trim().split('|');
    const [, job, step] = /^(\d+(?:_\d+)?)(\..+)?$/.exec(id) ?? [];
    if (job === undefined) continue;
    const before = entries.get(job);
    if (step === undefined) {
      entries.set(job, {
        job,
        // `CANCELLED by 1000`
        state: state.split(' ')[0] ?? '',
        elapsed: Number(elapsed) || 0,
        cpuSeconds: cpuTime(cpu),
        peakMemory: before?.peakMemory,
        node: /^(None assigned)?$/.test(node) ? undefined : node,
      });
    } else if (before !== undefined) {
      const peak = Math.max(before.peakMemory ?? 0, bytes(memory) ?? 0);
      entries.set(job, { ...before, peakMemory: peak === 0 ? undefined : peak });
    }
  }
  return [...entries.values()];
}

/** `[days-][hours:]minutes:seconds[.fraction]` */
function cpuTime(text: string): number {
  const [, days = '0', hours = '0', minutes = '0', rest = '0'] =
    /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  return Number(days) * 86_400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
}

const powers: Readonly<Record<string, number>> = { '': 0, K: 1, M: 2, G: 3, T: 4 };

/** `1024K`, `2.5G` */
function bytes(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(text) ?? [];
  return amount === undefined ? undefined : Math.round(Number(amount) * 1024 ** (powers[unit] ?? 0));
}
