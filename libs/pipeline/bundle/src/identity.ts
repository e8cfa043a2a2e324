import { createHash } from 'node:crypto';
import type { BundleManifest } from './manifest.js';

/**
 * Short name of a bundle for reports: the first 12 digits of a hash of every part of its manifest that can change an answer. That is
 * everything except its name, its date and the version that made it: a field is hashed unless it is known to be harmless.
 */
export function bundleHash(manifest: BundleManifest): string {
  const deciding = Object.entries(manifest).filter(([key]) => !harmless.has(key));
  return createHash('sha256')
    .update(canonical(Object.fromEntries(deciding)))
    .digest('hex')
    .slice(0, 12);
}

const harmless: ReadonlySet<string> = new Set<keyof BundleManifest>(['name', 'createdAt', 'software']);

/** JSON whose keys are in the order of their names. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
