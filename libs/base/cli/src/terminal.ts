import { printable } from '@ichor/files';

/** The part of a stream that is needed; `process.stderr` fits. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * One screen shared by log lines and at most one live line at its bottom.
 *
 * Everything that prints while a bar may be shown must use the same terminal. Otherwise other output breaks the bar.
 */
export class Terminal {
  readonly #stream: TerminalStream;
  #live = '';

  constructor(stream: TerminalStream = process.stderr) {
    this.#stream = stream;
  }

  /** Whether a live line can be drawn; otherwise `setLive` does nothing. */
  get interactive(): boolean {
    return this.#stream.isTTY === true && process.env['TERM'] !== 'dumb';
  }

  get columns(): number {
    // 0: a terminal whose size was never set.
    return this.#stream.columns || 80;
  }

  /** Prints whole lines above the live line. */
  print(line: string): void {
    const text = printable(line);
    this.#stream.write(this.#live === '' ? `${text}\n` : `\r\u001b[2K${text}\n${this.#live}`);
  }

  /** Replaces the live line; '' removes it. */
  setLive(line: string): void {
    if (!this.interactive) return;
    const clipped = printable(line).slice(0, Math.max(0, this.columns - 1));
    if (clipped === this.#live) return;
    this.#stream.write(`\r\u001b[2K${clipped}`);
    this.#live = clipped;
  }
}

/** The terminal on standard error. Results go to standard output and can be piped. */
export const terminal = new Terminal();
