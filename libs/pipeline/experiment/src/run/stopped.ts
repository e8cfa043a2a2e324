import { readVariable } from '@ichor/files';

/** What a person is told at the end of a run that was stopped: nothing is lost, and how to go on. */
export function stoppedSafely(): string {
  const command = readVariable('command');
  const step = command === undefined ? '' : ` (this step alone: ${command})`;
  return `stopped safely, what is done is saved; run the same command again to go on${step}`;
}
