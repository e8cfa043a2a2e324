import type { BaseModel } from '@ichor/base-model';

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
  if (schedule.kind === 'multi-step') {
    const passed = schedule.milestones.filter((milestone) => milestone <= epoch).length;
    return schedule.learningRate * schedule.gamma ** passed;
  }
  const { start, peak, end } = schedule;
  const warmUp = Math.round(schedule.warmUp * steps);
  if (step < warmUp) return start + ((peak - start) * step) / warmUp;
  const rest = steps - 1 - warmUp;
  const progress = rest > 0 ? (step - warmUp) / rest : 1;
  return end + ((peak - end) * (1 + Math.cos(Math.PI * progress))) / 2;
}
