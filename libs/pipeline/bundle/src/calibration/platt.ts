import { IchorError } from '@ichor/files';

/** Maps a logit to a calibrated probability: 1 / (1 + exp(-(slope * logit + offset))). */
export interface PlattScaling {
  readonly slope: number;
  readonly offset: number;
}

/** Probabilities nearer to 0 and 1 than this cannot be told apart in float32 predictions. */
const closest = 1e-6;

/** A calibrated probability always grows with the raw one. */
const leastSlope = 0.05;

export function logitOf(probability: number): number {
  const inside = Math.min(Math.max(probability, closest), 1 - closest);
  return Math.log(inside / (1 - inside));
}

/** @param probability raw, 0..1 */
export function calibrate({ slope, offset }: PlattScaling, probability: number): number {
  return 1 / (1 + Math.exp(-(slope * logitOf(probability) + offset)));
}

/**
 * Platt scaling (Platt 1999) on given scores: maximum likelihood of slope and offset, with Platt's smoothed targets
 * (positives (P+1)/(P+2), negatives 1/(N+2)), by Newton's method with backtracking (Lin, Lin and Weng 2007).
 *
 * With few cases the slope is poorly known and can even come out negative, which would turn the order around. A
 * `prior` of k holds it near 1 and the offset near 0 as k cases would, and a slope below 0.05 becomes 0.05.
 *
 * @param scores logits, or any score that grows with the probability
 * @param prior weight of the pull towards the identity; 0 is plain maximum likelihood
 * @throws IchorError `bundle/calibration` unless both classes are there
 */
export function fitPlatt(scores: ArrayLike<number>, labels: ArrayLike<number>, prior = 0): PlattScaling {
  const count = scores.length;
  let positives = 0;
  for (let i = 0; i < count; i++) positives += labels[i]! > 0.5 ? 1 : 0;
  const negatives = count - positives;
  if (positives === 0 || negatives === 0) {
    throw new IchorError({
      code: 'bundle/calibration',
      reason: `cannot be calibrated on ${positives} positive and ${negatives} negative cases`,
      remedy: 'both kinds are needed; use more data',
    });
  }
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (negatives + 2);
  const target = (i: number) => (labels[i]! > 0.5 ? high : low);

  let slope = 0;
  let offset = Math.log((positives + 1) / (negatives + 1));
  let loss = negativeLogLikelihood(scores, target, slope, offset, prior);
  for (let iteration = 0; iteration < 100; iteration++) {
    const step = newtonStep(scores, target, slope, offset, prior);
    let scale = 1;
    let next = loss;
    while (scale > 1e-10) {
      next = negativeLogLikelihood(
        scores,
        target,
        slope + scale * step.slope,
        offset + scale * step.offset,
        prior,
      );
      if (next <= loss + 1e-4 * scale * step.descent) break;
      scale /= 2;
    }
    if (scale <= 1e-10) break;
    slope += scale * step.slope;
    offset += scale * step.offset;
    const gain = loss - next;
    loss = next;
    if (gain < 1e-12 * (1 + Math.abs(loss))) break;
  }
  return { slope: prior > 0 ? Math.max(slope, leastSlope) : slope, offset };
}

/** log(1 + exp(-z)) summed with the target's weights, without overflow. */
function negativeLogLikelihood(
  scores: ArrayLike<number>,
  target: (i: number) => number,
  slope: number,
  offset: number,
  prior: number,
): number {
  let sum = (prior / 2) * ((slope - 1) ** 2 + offset ** 2);
  for (let i = 0; i < scores.length; i++) {
    const z = slope * scores[i]! + offset;
    sum += Math.max(z, 0) - z * target(i) + Math.log1p(Math.exp(-Math.abs(z)));
  }
  return sum;
}

function newtonStep(
  scores: ArrayLike<number>,
  target: (i: number) => number,
  slope: number,
  offset: number,
  prior: number,
) {
  // A little on the diagonal keeps the Hessian invertible where the classes are separable.
  let [hss, hso, hoo] = [prior + 1e-12, 0, prior + 1e-12];
  let [gs, go] = [prior * (slope - 1), prior * offset];
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    const p = 1 / (1 + Math.exp(-(slope * score + offset)));
    const curvature = p * (1 - p);
    hss += score * score * curvature;
    hso += score * curvature;
    hoo += curvature;
    gs += score * (p - target(i));
    go += p - target(i);
  }
  const determinant = hss * hoo - hso * hso;
  const stepSlope = -(hoo * gs - hso * go) / determinant;
  const stepOffset = -(hss * go - hso * gs) / determinant;
  return { slope: stepSlope, offset: stepOffset, descent: gs * stepSlope + go * stepOffset };
}
