import { readVariable } from '@ichor/files';

/** The message at the end of a stopped run: nothing is lost, and this command continues it. */
export function stoppedSafely(): string {
  const command = readVariable('command');
  const step = command === undefined ? '' : ` (this step alone: ${command})`;
  return `stopped safely, what is done is saved; run the same command again to go on${step}`;
}
