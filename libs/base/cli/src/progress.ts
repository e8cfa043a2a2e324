import { present, readVariable } from '@ichor/files';
import { formatDuration, formatNumber } from './duration.js';
import { fitLine } from './fit-line.js';
import { terminal as standardTerminal, type Terminal } from './terminal.js';

export type ProgressFields = Readonly<Record<string, string | number>>;

export interface ProgressOptions {
  readonly label: string;
  /** The total is unknown when this is left out: the line then has no bar and no time left. */
  readonly total?: number;
  /** Done by an earlier run; counts in the share, not in the rate. Default 0. */
  readonly done?: number;
  /** What is counted, plural: `slices`. */
  readonly unit?: string;
  readonly terminal?: Terminal;
  /** Seconds between two plain lines when not on a terminal. Default: ICHOR_PROGRESS_INTERVAL, else 5. */
  readonly plainInterval?: number;
  /** Seconds, monotonic; for tests. */
  readonly now?: () => number;
}

/** Span of the rate's moving average, in seconds: short enough to follow changes, long enough to be steady. */
const RATE_WINDOW = 15;
const LIVE_INTERVAL = 0.1;

/**
 * A live bar on a terminal; plain lines every few seconds elsewhere (a log file, CI).
 *
 * `child` puts a smaller piece of work on the same line: `demo 3/17 > model-base fold 0 ███▌   42 % ...`.
 */
export class Progress {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  readonly #plainInterval: number;
  readonly #options: ProgressOptions;
  readonly #parent: Progress | undefined;
  readonly #started: number;
  #label: string;
  #total: number | undefined;
  #done = 0;
  #fields: ProgressFields = {};
  #detail = '';
  #shownAt: number;
  #history: { readonly time: number; readonly done: number }[];
  #finished = false;

  constructor(options: ProgressOptions, parent?: Progress) {
    const inherited: Partial<ProgressOptions> = parent === undefined ? {} : parent.#options;
    this.#terminal = options.terminal ?? inherited.terminal ?? standardTerminal;
    this.#now = options.now ?? inherited.now ?? (() => performance.now() / 1000);
    this.#plainInterval = options.plainInterval ?? inherited.plainInterval ?? defaultInterval();
    this.#options = {
      ...options,
      terminal: this.#terminal,
      now: this.#now,
      plainInterval: this.#plainInterval,
    };
    this.#parent = parent;
    this.#label = options.label;
    this.#total = options.total;
    this.#started = this.#now();
    this.#shownAt = this.#started;
    this.#done = options.done ?? 0;
    this.#history = [{ time: this.#started, done: this.#done }];
    this.#terminal.setLive(this.line(this.#width));
  }

  get done(): number {
    return this.#done;
  }

  /** Seconds since the start. */
  get elapsed(): number {
    return this.#now() - this.#started;
  }

  /** Per second, over the last few seconds. */
  get rate(): number {
    const oldest = present(this.#history[0]);
    const span = this.#now() - oldest.time;
    return span > 0 ? (this.#done - oldest.done) / span : 0;
  }

  /** Counts `by` more; `fields` replace the ones shown at the end of the line. */
  advance(by = 1, fields?: ProgressFields): void {
    this.update(this.#done + by, fields);
  }

  update(done: number, fields?: ProgressFields): void {
    this.#done = done;
    if (fields !== undefined) this.#fields = fields;
    const now = this.#now();
    if (now - present(this.#history[this.#history.length - 1]).time >= 0.5) {
      this.#history.push({ time: now, done });
      while (this.#history.length > 2 && now - present(this.#history[1]).time > RATE_WINDOW)
        this.#history.shift();
    }
    this.#show(now);
  }

  relabel(label: string): void {
    this.#label = label;
    this.#show(this.#now());
  }

  /** Describes the current piece of work in words; the text replaces bar and rate until it is ''. */
  detail(text: string): void {
    this.#detail = text;
    this.#show(this.#now());
  }

  /** Sets the total when it becomes known, or known more exactly. */
  setTotal(total: number): void {
    this.#total = total;
    this.#show(this.#now());
  }

  child(options: ProgressOptions): Progress {
    return new Progress(options, this);
  }

  /** Prints a line above the bar. */
  log(text: string): void {
    this.#terminal.print(text);
  }

  /** Removes the bar and leaves one line that stays; `false` leaves none. */
  finish(message?: string | false): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#terminal.setLive(this.#parent?.line(this.#width) ?? '');
    if (message === false) return;
    const unit = this.#options.unit === undefined ? '' : ` ${this.#options.unit}`;
    this.#terminal.print(
      message ??
        `${this.#path()}: ${this.#done}${unit} in ${formatDuration(this.elapsed)}${fieldTexts(this.#fields)
          .map((text) => `  ${text}`)
          .join('')}`,
    );
  }

  /** The line as it would be shown now; parts are removed where the terminal is narrow. */
  line(width = Infinity): string {
    const head = this.#parent === undefined ? '' : `${this.#parent.#headline()} > `;
    if (this.#detail !== '') return `${this.#headline()}  ${formatDuration(this.elapsed)} > ${this.#detail}`;
    const total = this.#total;
    const counted = total === undefined ? String(this.#done) : `${this.#done}/${total}`;
    const share = total === undefined || total === 0 ? undefined : Math.min(1, this.#done / total);
    const rate = this.rate;
    const left = rate > 0 && total !== undefined && total > this.#done ? (total - this.#done) / rate : 0;
    return fitLine(
      {
        name: head + this.#label,
        bar: share === undefined ? '' : bar(share, 16),
        share: share === undefined ? '' : `${String(Math.floor(share * 100)).padStart(3)} %`,
        count: this.#options.unit === undefined ? counted : `${counted} ${this.#options.unit}`,
        pace: [
          ...(rate > 0 ? [`${formatNumber(rate)}/s`] : []),
          ...(left > 0 ? [`${formatDuration(left)} left`] : []),
        ],
        fields: fieldTexts(this.#fields),
      },
      width,
    );
  }

  /** Width of a line that does not wrap. */
  get #width(): number {
    return this.#terminal.columns - 1;
  }

  #headline(): string {
    const own = this.#total === undefined ? this.#label : `${this.#label} ${this.#done}/${this.#total}`;
    return this.#parent === undefined ? own : `${this.#parent.#headline()} > ${own}`;
  }

  #path(): string {
    return this.#parent === undefined ? this.#label : `${this.#parent.#path()} > ${this.#label}`;
  }

  #show(now: number): void {
    if (this.#finished) return;
    const interval = this.#terminal.interactive ? LIVE_INTERVAL : this.#plainInterval;
    if (now - this.#shownAt < interval) return;
    this.#shownAt = now;
    if (this.#terminal.interactive) this.#terminal.setLive(this.line(this.#width));
    else this.#terminal.print(this.line());
  }
}

/** The interval of plain lines. A program that reads the lines of another one can set a shorter interval. */
function defaultInterval(): number {
  const seconds = Number(readVariable('progressInterval'));
  return seconds > 0 ? seconds : 5;
}

function fieldTexts(fields: ProgressFields): string[] {
  return Object.entries(fields).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? formatNumber(value) : value}`,
  );
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

function bar(share: number, width: number): string {
  const filled = Math.floor(share * width * 8);
  return ('█'.repeat(filled >> 3) + (eighths[filled & 7] ?? '')).padEnd(width, '·');
}
