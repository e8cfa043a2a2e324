import { Logger, Progress, type ProgressFields, type RunRecord, type Terminal } from '@ichor/cli';
import { recordFailure } from './manifest.js';

/** Slices named on the terminal; the log and the manifest name all. */
const namedOnTerminal = 10;

export interface FoldReportOptions {
  /** Before every line. */
  readonly name: string;
  readonly logFile: string;
  readonly record: RunRecord;
  /** Where the record goes when the run fails. */
  readonly manifest: string;
  readonly terminal: Terminal;
}

/** Shows the work on a fold to a person (bar, lines), and writes its log. */
export class FoldReport {
  readonly name: string;
  readonly log: Logger;
  readonly #options: FoldReportOptions;
  #progress: Progress | undefined;
  #leftOut = 0;

  constructor(options: FoldReportOptions) {
    this.name = options.name;
    this.log = new Logger({ file: options.logFile, terminal: options.terminal });
    this.#options = options;
  }

  message(text: string): void {
    this.log.info(`${this.name}: ${text}`);
  }

  warning(text: string): void {
    this.log.warn(`${this.name}: ${text}`);
  }

  /** A piece of work begins: `total` slices, rounds or files, where it is known. */
  begin(
    label: string,
    unit: string,
    { total, done }: { total?: number | undefined; done?: number } = {},
  ): void {
    this.clear();
    this.#progress = new Progress({
      label: `${this.name}  ${label}`,
      unit,
      terminal: this.#options.terminal,
      ...(total === undefined ? {} : { total }),
      ...(done === undefined ? {} : { done }),
    });
  }

  advance(by: number, fields?: ProgressFields): void {
    this.#progress?.advance(by, fields);
  }

  /** A slice that could not be read. */
  leaveOut({ id, reason }: { readonly id: string; readonly reason: string }): void {
    this.#leftOut++;
    this.#options.record.drop(id, reason);
    this.log[this.#leftOut <= namedOnTerminal ? 'warn' : 'debug'](
      `${this.name}: slice ${id} left out: ${reason}`,
    );
  }

  /** Removes the bar. */
  clear(): void {
    this.#progress?.finish(false);
    this.#progress = undefined;
  }

  /** Writes the outcome to the log file; the caller prints it on the terminal. */
  ended(outcome: string): void {
    this.clear();
    this.log.debug(outcome);
  }

  /** Does the work and closes the report; a failure goes into the log and the manifest. */
  async while<T>(work: () => Promise<T>): Promise<T> {
    const { record, manifest } = this.#options;
    try {
      return await work();
    } catch (error) {
      this.ended(`failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      await recordFailure(record, manifest, error);
      throw error;
    } finally {
      this.clear();
      this.log.close();
    }
  }
}
