/** The rate times `gamma` at each milestone that is not after the epoch; epochs count from 0. */
export interface MultiStepSchedule {
  readonly learningRate: number;
  readonly milestones: readonly number[];
  readonly gamma: number;
}

export function multiStepRate({ learningRate, milestones, gamma }: MultiStepSchedule, epoch: number): number {
  return learningRate * gamma ** milestones.filter((milestone) => milestone <= epoch).length;
}

/** Half a cosine: `from` at angle 0, `to` at angle pi. */
export function cosineRate(from: number, to: number, angle: number): number {
  return to + ((from - to) * (1 + Math.cos(angle))) / 2;
}
