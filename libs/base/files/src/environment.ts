/** The environment variables that Ichor reads: they are named here and nowhere else in code. */
export const variables = {
  /** Folder that holds `input/`, `intermediate_output/` and `output/`. */
  root: 'ICHOR_ROOT',
  /** Folds to work on, such as `0,1`. */
  folds: 'ICHOR_FOLDS',
  /** Folder of files that can be fetched or made again: published weights, prepared networks. */
  cache: 'ICHOR_CACHE',
  /** What training on the CPU runs on: `public` (default) or `native` operators. */
  operators: 'ICHOR_OPERATORS',
  /** `true`: steps of the pipeline may run in parallel. */
  parallel: 'ICHOR_PARALLEL',
  /** Seconds between two plain lines of progress. */
  progressInterval: 'ICHOR_PROGRESS_INTERVAL',
  /** The scheduler's job that a process belongs to; it is the same in every attempt of the job. */
  job: 'ICHOR_JOB',
  /** The command with which the user started a step, if that was not the program itself. */
  command: 'ICHOR_COMMAND',
  /** How often the test of killed trainings kills one. */
  kills: 'ICHOR_KILLS',
} as const;

/** The value of a variable; undefined when it is not set or blank, and in browsers, which have none. */
export function readVariable(name: keyof typeof variables): string | undefined {
  const value = typeof process === 'undefined' ? undefined : process.env[variables[name]];
  return value === undefined || value.trim() === '' ? undefined : value;
}
