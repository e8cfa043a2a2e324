import type { RandomStream } from '@ichor/files/random';

/** How a batch is mixed with itself (Zhang et al. 2018): sample i with sample `partner[i]`. */
export interface Mix {
  /** Share of the sample itself. */
  readonly lambda: number;
  readonly partner: Int32Array;
}

/** Draws whether and how a batch is mixed; undefined when it stays as it is. */
export function drawMix(
  { probability, alpha }: { readonly probability: number; readonly alpha: number },
  samples: number,
  random: RandomStream,
): Mix | undefined {
  if (!random.bernoulli(probability)) return undefined;
  const lambda = drawBeta(alpha, random);
  return { lambda, partner: random.shuffle(Int32Array.from({ length: samples }, (_, i) => i)) };
}

/**
 * lambda x + (1 - lambda) x[partner], sample by sample. Of the inputs and of the targets: the cross-entropy is
 * linear in its target, so that mixed targets give the mixed loss.
 *
 * @param output may not be `values`
 */
export function applyMix(
  { lambda, partner }: Mix,
  values: Float32Array,
  output: Float32Array,
  sampleSize: number,
): void {
  partner.forEach((other, sample) => {
    const own = sample * sampleSize;
    const from = other * sampleSize;
    for (let i = 0; i < sampleSize; i++) {
      output[own + i] = values[own + i]! * lambda + values[from + i]! * (1 - lambda);
    }
  });
}

/** Beta(alpha, alpha) by Jöhnk's method (1964), whose acceptance is high for small alpha. */
function drawBeta(alpha: number, random: RandomStream): number {
  for (;;) {
    const x = random.next() ** (1 / alpha);
    const y = random.next() ** (1 / alpha);
    // Both may underflow when alpha is tiny; then draw again.
    if (x + y > 0 && x + y <= 1) return x / (x + y);
  }
}
