import { present } from '@ichor/files';

/** Shares of the sequence model that are tried. */
const SHARES = Array.from({ length: 11 }, (_, i) => i / 10);

/** Logit of a blend: (1 - share) of the networks' and `share` of the sequence model's. */
export function blended(networks: Float32Array, sequence: Float32Array, share: number): Float32Array {
  return networks.map((logit, i) => (1 - share) * logit + share * sequence[i]!);
}

/**
 * The share of the sequence model with the lowest log loss, per label; of equal ones the largest. A label that is never
 * positive or always gives no reason to mix: it takes the sequence model alone.
 */
export function chooseShares(
  networks: readonly Float32Array[],
  sequence: readonly Float32Array[],
  targets: readonly Float32Array[],
): number[] {
  return targets.map((target, label) => {
    if (target.every((value) => value === target[0])) return 1;
    let best = { share: 1, loss: Infinity };
    for (const share of SHARES) {
      const loss = logitLoss(blended(present(networks[label]), present(sequence[label]), share), target);
      if (loss <= best.loss) best = { share, loss };
    }
    return best.share;
  });
}

/** Mean binary cross-entropy of logits. */
function logitLoss(logits: Float32Array, targets: Float32Array): number {
  let sum = 0;
  logits.forEach((x, i) => (sum += Math.max(x, 0) - x * targets[i]! + Math.log1p(Math.exp(-Math.abs(x)))));
  return sum / logits.length;
}
