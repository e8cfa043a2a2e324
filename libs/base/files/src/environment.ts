/** The environment variables that Ichor reads: they are named here and nowhere else in code. */
export const variables = {
  /** Folder that holds `input/`, `intermediate_output/` and `output/`. */
  root: 'ICHOR_ROOT',
  /** Folds to work on, such as `0,1`. */
  folds: 'ICHOR_FOLDS',
  /** Folder of what is downloaded. */
  cache: 'ICHOR_CACHE',
  /** `true`: steps of the pipeline may run in parallel. */
  parallel: 'ICHOR_PARALLEL',
  /** Seconds between two plain lines of progress. */
  progressInterval: 'ICHOR_PROGRESS_INTERVAL',
  /** The job of a scheduler that a process belongs to, the same in every try of it. */
  job: 'ICHOR_JOB',
  /** The command by which the user started a step, where that was not the program itself. */
  command: 'ICHOR_COMMAND',
  /** Times that the test of killed trainings kills one. */
  kills: 'ICHOR_KILLS',
} as const;

/** The value of a variable; undefined when it is not set or blank, and in browsers, which have none. */
export function readVariable(name: keyof typeof variables): string | undefined {
  const value = typeof process === 'undefined' ? undefined : process.env[variables[name]];
  return value === undefined || value.trim() === '' ? undefined : value;
}
