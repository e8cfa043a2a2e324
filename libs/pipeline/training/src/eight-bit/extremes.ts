import { present } from '@ichor/files';
import type { Ranges, Tensor } from '@ichor/nn';

/** The smallest and the largest number of each value of a network, for each of some images. */
export class Extremes {
  readonly #values: readonly string[];
  readonly #lowest: number[][];
  readonly #highest: number[][];

  constructor(values: readonly string[]) {
    this.#values = values;
    this.#lowest = values.map(() => []);
    this.#highest = values.map(() => []);
  }

  /** @param outputs of an observed session */
  add(outputs: Readonly<Record<string, Tensor>>): void {
    const append = (to: readonly number[][], { data }: Tensor) =>
      data.forEach((value, at) => present(to[at % this.#values.length]).push(value));
    append(this.#lowest, present(outputs['lowest']));
    append(this.#highest, present(outputs['highest']));
  }

  /** The range that all numbers of this share of the images lie in; those of other images are cut off at its ends. */
  ranges(share: number): Ranges {
    const end = (extremes: readonly number[], direction: 1 | -1) => {
      const outwards = extremes.toSorted((a, b) => direction * (a - b));
      return present(outwards[Math.ceil(share * outwards.length) - 1]);
    };
    return new Map(
      this.#values.map((name, i) => [
        name,
        { low: end(present(this.#lowest[i]), -1), high: end(present(this.#highest[i]), 1) },
      ]),
    );
  }
}
