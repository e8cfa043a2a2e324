import { cosineRate, multiStepRate } from '@ichor/experiment';
import type { CnnStacker } from './schema.js';

/** Learning rate of an epoch (from 0) of `epochs`. */
export function learningRateOf(schedule: CnnStacker['schedule'], epoch: number, epochs: number): number {
  switch (schedule.kind) {
    case 'constant':
      return schedule.learningRate;
    case 'multi-step':
      return multiStepRate(schedule, epoch);
    case 'cosine':
      return cosineRate(schedule.learningRate, schedule.end, (Math.PI * epoch) / epochs);
  }
}
