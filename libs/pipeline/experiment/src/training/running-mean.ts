import type { StateDict } from '@ichor/nn';

/**
 * Exponential moving average of the weights of a training, running statistics included. At first a smaller share is kept, at most the
 * share t / (t + 9) at step t, so that the random start is soon forgotten (as Polyak averaging is implemented in TensorFlow).
 */
export class RunningMean {
  readonly #kept: number;
  #mean: StateDict | undefined;
  #steps: number;

  /**
   * @param kept share of the mean that stays at each step
   * @param from where an earlier run stopped: its mean, and the steps that are in it
   */
  constructor(kept: number, from?: { readonly mean: StateDict; readonly steps: number }) {
    this.#kept = kept;
    this.#mean = from?.mean;
    this.#steps = from?.steps ?? 0;
  }

  /** The mean so far, not a copy; undefined before the first step. */
  get mean(): StateDict | undefined {
    return this.#mean;
  }

  /** Takes the weights after a step; the first are kept themselves. */
  add(state: StateDict): void {
    this.#steps++;
    const mean = this.#mean;
    if (mean === undefined) {
      this.#mean = state;
      return;
    }
    const kept = Math.min(this.#kept, this.#steps / (this.#steps + 9));
    for (const [name, { data }] of mean) {
      const next = state.get(name);
      if (next?.data.length !== data.length)
        throw new RangeError(`the weights have no ${name} as the mean has`);
      for (let i = 0; i < data.length; i++) data[i] = kept * data[i]! + (1 - kept) * next.data[i]!;
    }
  }
}
