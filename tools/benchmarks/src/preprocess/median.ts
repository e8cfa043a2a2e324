import { present } from '@ichor/files';

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? present(sorted[middle])
    : (present(sorted[middle - 1]) + present(sorted[middle])) / 2;
}
