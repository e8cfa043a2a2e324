import { readRuns, writeRuns, type Run } from './run-record.js';

/** Writes down the tries of a step. */
export class Recorder {
  readonly #path: string;
  #runs: readonly Run[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  get run(): Run | undefined {
    return this.#runs.at(-1);
  }

  /** Whether the try before this one of the same job began where this one began, and was put back in the queue. */
  stoodStill(steps: number): boolean {
    const [before, now] = this.#runs.slice(-2);
    return (
      now !== undefined &&
      before?.outcome === 'requeued' &&
      isSameJob(before, now) &&
      (before.stepsBefore ?? 0) === steps
    );
  }

  /**
   * @param restarts of the job, as its scheduler counts them: they hold where the record is damaged
   * @returns the number of this try among those of the same job, from 1
   */
  async begin(run: Omit<Run, 'tries'>, restarts = 0): Promise<number> {
    const earlier = await readRuns(this.#path);
    const same = earlier.filter((one) => isSameJob(one, run));
    // Only the last runs are kept, so their number is not enough; records of older versions have nothing else.
    const before = Math.max(same.length, same.at(-1)?.tries ?? 0, restarts);
    const tries = before + 1;
    this.#runs = [...earlier, { ...run, tries }];
    await writeRuns(this.#path, this.#runs);
    return tries;
  }

  async end(what: Partial<Run> & Pick<Run, 'outcome'>): Promise<void> {
    const last = this.#runs.at(-1);
    if (last === undefined) return;
    this.#runs = [...this.#runs.slice(0, -1), { ...last, ...what, endedAt: new Date().toISOString() }];
    await writeRuns(this.#path, this.#runs);
  }
}

type Job = Pick<Run, 'job' | 'submission'>;

function isSameJob(a: Job, b: Job): boolean {
  return a.job === b.job && a.submission === b.submission;
}
