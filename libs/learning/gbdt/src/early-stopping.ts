import { present } from '@ichor/files/present';

/** Remembers the round of the lowest loss and tells when to stop waiting for a lower one. */
export class EarlyStopping {
  readonly #patience: number;
  readonly #losses: number[] = [];
  #best = 0;

  /** @param patience rounds without a lower loss after which to stop */
  constructor(patience: number) {
    this.#patience = patience;
  }

  get losses(): readonly number[] {
    return this.#losses;
  }

  /** Rounds up to and including the best one. */
  get bestRounds(): number {
    return this.#best + 1;
  }

  /** @returns whether to stop */
  add(loss: number): boolean {
    this.#losses.push(loss);
    const round = this.#losses.length - 1;
    if (round === 0 || loss < present(this.#losses[this.#best])) this.#best = round;
    return round - this.#best >= this.#patience;
  }
}
