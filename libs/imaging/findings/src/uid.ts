import { createHash } from 'node:crypto';

/**
 * A UID derived from names (DICOM PS3.5 B.2, root 2.25 of UUIDs): the same names give the same UID, so that
 * two runs of a study do not leave copies of one report in an archive. Other names, or the same names divided
 * differently, give another UID.
 */
export function uidFrom(...names: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(names)).digest('hex').slice(0, 32);
  // Version 8 (free use) and the variant of RFC 9562 in their places of the 128 bits.
  const version = '8' + hash.slice(13, 16);
  const variant = ((parseInt(hash.slice(16, 17), 16) & 0x3) | 0x8).toString(16) + hash.slice(17, 20);
  const uuid = hash.slice(0, 12) + version + variant + hash.slice(20, 32);
  return `2.25.${BigInt('0x' + uuid)}`;
}

/** Components of digits without leading zeros, at most 64 characters (DICOM PS3.5, 9.1). */
const UID = /^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/;

export function isUid(identifier: string): boolean {
  return identifier.length <= 64 && UID.test(identifier);
}

/** A valid UID for an identifier: the identifier itself, or a UID computed from it, always the same. */
export function asUid(identifier: string): string {
  return isUid(identifier) ? identifier : uidFrom('identifier', identifier);
}
