import type { Random } from '../random.js';

/** How restless a patient was in one scan. */
export interface MotionPlan {
  /** Share of the slices during which the head moved. */
  readonly share: number;
  /** 0..1: scales how far it moved and how strong streaks are. */
  readonly strength: number;
}

/** Six scans in ten have slices with motion: an eighth to six tenths of them. */
export function drawMotion(random: Random): MotionPlan | undefined {
  if (!random.chance(0.6)) return undefined;
  return { share: random.between(0.12, 0.6), strength: random.between(0.3, 1) };
}
