export interface StopSignal {
  /** Aborted by the first Ctrl-C (or SIGTERM, or when the terminal goes): finish the current step, save, leave. */
  readonly signal: AbortSignal;
  /** Gives the default behaviour back. */
  dispose(): void;
}

/** Exit code of a program that ended because somebody asked it to (128 + SIGINT). */
export const INTERRUPTED = 130;

const OUTPUTS = [process.stdout, process.stderr];
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Turns the first SIGINT, SIGTERM or SIGHUP into an abort of `signal`, and so the first failure to write to the terminal: it
 * may be gone before its signal arrives. A Ctrl-C after that ends the process at once. The other signals do
 * not: after the Ctrl-C that a terminal sends to all of its programs, Nx sends SIGTERM and SIGHUP.
 *
 * @param announce is told once, in words for the user, that the stop was noticed
 */
export function listenForStop(announce: (message: string) => void): StopSignal {
  const controller = new AbortController();
  const stop = () => controller.abort(new Error('stopped by the user'));
  const onSignal = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      if (signal === 'SIGINT') process.exit(INTERRUPTED);
      return;
    }
    announce('Stopping after the current step; press Ctrl-C again to stop at once.');
    stop();
  };
  ignoreLateFailures();
  for (const signal of SIGNALS) process.on(signal, onSignal);
  for (const stream of OUTPUTS) stream.on('error', stop);
  return {
    signal: controller.signal,
    dispose() {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      for (const stream of OUTPUTS) stream.off('error', stop);
    },
  };
}

let ignoring = false;

/** A line that cannot be written to a terminal that is gone must not end a program that is saving. */
function ignoreLateFailures(): void {
  if (ignoring) return;
  ignoring = true;
  for (const stream of OUTPUTS) stream.on('error', () => undefined);
}
