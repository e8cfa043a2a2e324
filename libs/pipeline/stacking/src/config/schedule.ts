import type { CnnStacker } from './schema.js';

/** Learning rate of an epoch (from 0) of `epochs`. */
export function learningRateOf(schedule: CnnStacker['schedule'], epoch: number, epochs: number): number {
  switch (schedule.kind) {
    case 'constant':
      return schedule.learningRate;
    case 'multi-step':
      return (
        schedule.learningRate *
        schedule.gamma ** schedule.milestones.filter((milestone) => milestone <= epoch).length
      );
    case 'cosine': {
      const { learningRate, end } = schedule;
      return end + ((learningRate - end) * (1 + Math.cos((Math.PI * epoch) / epochs))) / 2;
    }
  }
}
