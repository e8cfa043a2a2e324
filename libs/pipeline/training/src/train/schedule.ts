import type { BaseModel } from '@ichor/base-model';
import { cosineRate, multiStepRate } from '@ichor/experiment';

/**
 * Learning rate of one step.
 *
 * @param epoch from 0
 * @param step of the whole training, from 0
 * @param steps of the whole training
 */
export function learningRate(
  schedule: BaseModel['schedule'],
  epoch: number,
  step: number,
  steps: number,
): number {
  if (schedule.kind === 'multi-step') return multiStepRate(schedule, epoch);
  const { start, peak, end } = schedule;
  const warmUp = Math.round(schedule.warmUp * steps);
  if (step < warmUp) return start + ((peak - start) * step) / warmUp;
  const rest = steps - 1 - warmUp;
  const progress = rest > 0 ? (step - warmUp) / rest : 1;
  return cosineRate(peak, end, Math.PI * progress);
}
