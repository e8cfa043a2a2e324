import { createHash } from 'node:crypto';
/** SHA-256 of a value as JSON, shortened to 16 hexadecimal digits. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

/** `key: was X, now Y` for every setting that differs. */
export function differences(
  before: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return keys
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(now[key]))
    .map((key) => `${key}: was ${JSON.stringify(before[key])}, now ${JSON.stringify(now[key])}`);
}
