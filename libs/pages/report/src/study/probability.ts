/** A probability as pages show it. */
export const decimals = (probability: number): string => probability.toFixed(3);
