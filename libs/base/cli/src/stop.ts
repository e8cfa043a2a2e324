export interface StopSignal {
  /** Aborted by the first Ctrl-C (or SIGTERM, or when the terminal goes): finish the current step, save, leave. */
  readonly signal: AbortSignal;
  /** Restores the default behaviour of the signals. */
  dispose(): void;
}

/** Exit code of a program that ended because somebody asked it to (128 + SIGINT). */
export const INTERRUPTED = 130;

const OUTPUTS = [process.stdout, process.stderr];
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Turns the first SIGINT, SIGTERM or SIGHUP into an abort of `signal`. The first failure to write to the terminal has the
 * same effect, because the terminal may close before its signal arrives. The second SIGINT ends the process at once. The
 * other signals do not, and a closed terminal does not count as the first SIGINT: after a Ctrl-C, Nx closes the terminal of
 * its tasks and sends SIGTERM and SIGHUP. A program in the middle of a step receives all of them at once, in any order.
 *
 * @param announce is called once with a message for the user that the stop was noticed
 */
export function listenForStop(announce: (message: string) => void): StopSignal {
  const controller = new AbortController();
  const stop = () => controller.abort(new Error('stopped by the user'));
  let interrupted = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (signal === 'SIGINT') {
      if (interrupted) process.exit(INTERRUPTED);
      interrupted = true;
    }
    if (controller.signal.aborted) return;
    announce('Stopping safely after the current step; press Ctrl-C again to stop at once.');
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

/** A failed write to a closed terminal must not end a program that is saving. */
function ignoreLateFailures(): void {
  if (ignoring) return;
  ignoring = true;
  for (const stream of OUTPUTS) stream.on('error', () => undefined);
}
