export interface StopSignal {
  /** Aborted by the first Ctrl-C (or SIGTERM): finish the current step, save, leave. */
  readonly signal: AbortSignal;
  /** Gives the default behaviour back. */
  dispose(): void;
}

/** Exit code of a program that ended because somebody asked it to (128 + SIGINT). */
export const INTERRUPTED = 130;

/**
 * Turns the first SIGINT or SIGTERM into an abort of `signal`; a second one ends the process at once.
 *
 * @param announce is told once, in words for the user, that the stop was noticed
 */
export function listenForStop(announce: (message: string) => void): StopSignal {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    announce('Stopping after the current step; press Ctrl-C again to stop at once.');
    controller.abort(new Error('stopped by the user'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    dispose() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
