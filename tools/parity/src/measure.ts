/** One checked quantity: the worst deviation found, where, and how much is allowed. */
export interface Measure {
  readonly name: string;
  readonly deviation: number;
  readonly limit: number;
  /** The tensor or stage with the worst deviation. */
  readonly at?: string;
}

export function passes({ deviation, limit }: Measure): boolean {
  return deviation <= limit;
}

/** The worst of named deviations as one measure. */
export function worstOf(name: string, limit: number, deviations: ReadonlyMap<string, number>): Measure {
  let at: string | undefined;
  let deviation = 0;
  for (const [key, value] of deviations) {
    // Written so that NaN is worst.
    if (!(value <= deviation)) {
      deviation = Number.isNaN(value) ? Infinity : value;
      at = key;
    }
  }
  return { name, deviation, limit, ...(at === undefined ? {} : { at }) };
}
