import { IchorError, printable, systemCode } from '@ichor/files';

/** Prints results, and notices when they do not arrive: a file on a full disk must not look like success. */
export class StandardOutput {
  #failure: Error | undefined;
  readonly #onError = (error: Error) => {
    this.#failure ??= error;
  };

  constructor() {
    process.stdout.on('error', this.#onError);
  }

  print(line: string): void {
    if (this.#failure === undefined) process.stdout.write(`${printable(line)}\n`);
  }

  /**
   * Waits until everything is written. The reader may close early (`ichor report --json | head`); that is not
   * an error.
   *
   * @throws IchorError `cli/output`
   */
  async flush(): Promise<void> {
    if (this.#failure === undefined)
      await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
    // A stream emits the error of a failed write after the callback.
    await new Promise<void>((resolve) => setImmediate(resolve));
    const cause = this.#failure;
    if (cause === undefined || systemCode(cause) === 'EPIPE') return;
    throw new IchorError({
      code: 'cli/output',
      file: 'standard output',
      reason: `cannot be written: ${cause.message}`,
      remedy: 'free some space on this disk, or send the output elsewhere, and run the same command again',
      cause,
    });
  }

  dispose(): void {
    process.stdout.off('error', this.#onError);
  }
}
