import type { Random } from '../random.js';
import { averageVariation, type Variation } from './variation.js';

/**
 * What distinguishes one head from another. Lengths in mm in head coordinates:
 * x to the patient's left, y to the back, z up, origin in the third ventricle.
 */
export interface Anatomy {
  /** Stretch of the average head along x, y, z. */
  readonly scale: readonly [number, number, number];
  /** Mean thickness of the vault. */
  readonly skull: number;
  readonly scalp: number;
  /** Growing width towards the back of the head, per mm. */
  readonly egg: number;
  /** Plagiocephaly: the back of the head drifts sideways, mm per mm. */
  readonly skew: number;
  /** 0 = young and full, 1 = old: wide sulci and ventricles. */
  readonly atrophy: number;
  /** Ventricle radii relative to the average. */
  readonly ventricles: number;
  readonly ventricleAsymmetry: number;
  /** Low density of the white matter around the ventricles, HU. */
  readonly leukoaraiosis: number;
  readonly whiteMatter: number;
  readonly grayMatter: number;
  readonly csf: number;
  readonly frontalSinus: number;
  readonly mastoid: number;
  readonly calcifiedPineal: boolean;
  readonly calcifiedChoroid: boolean;
  readonly variation: Variation;
  /** Where this head sits in the fields of random waves. */
  readonly seed: readonly [number, number, number];
}

export function drawAnatomy(random: Random, variation: Variation = averageVariation): Anatomy {
  const size = random.around(1, 0.03);
  const age = random.next();
  const { offset, contrast } = variation;
  const white = (hu: number) => hu + offset + (1 - contrast) * 5;
  const gray = (hu: number) => hu + offset - (1 - contrast) * 5;
  return {
    scale: [size * random.around(1, 0.025), size * random.around(1, 0.025), size * random.around(1, 0.02)],
    skull: random.around(6.2, 0.7),
    scalp: random.around(5.5, 0.8),
    egg: random.between(0.0008, 0.0026),
    skew: random.around(0, 0.012),
    atrophy: age,
    ventricles: 0.75 + 0.55 * age + random.around(0, 0.08),
    ventricleAsymmetry: random.around(0, 0.09),
    leukoaraiosis: age > 0.6 ? random.between(0, 8) : 0,
    whiteMatter: white(random.between(26, 29.5)),
    grayMatter: gray(random.between(36, 39.5)),
    csf: random.between(3, 9) + offset,
    frontalSinus: random.between(0, 1.3),
    mastoid: random.between(0.3, 1),
    calcifiedPineal: random.chance(0.35 + 0.3 * age),
    calcifiedChoroid: random.chance(0.15 + 0.35 * age),
    variation,
    seed: [random.between(0, 64), random.between(0, 64), random.between(0, 64)],
  };
}
