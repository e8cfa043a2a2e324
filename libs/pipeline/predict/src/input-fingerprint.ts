import { createHash, type Hash } from 'node:crypto';
import type { StudyPlan } from '@ichor/intake';

/**
 * The inputs of a study's prediction: the plan (which series, which order, which warnings) and the bytes of its files. An
 * existing prediction is valid for this study as long as the fingerprint is the same; names of files do not count.
 */
export class InputFingerprint {
  readonly #hash: Hash;

  constructor({ slices, ...plan }: StudyPlan) {
    const order = slices.map(({ position, sopClassUid, sopInstanceUid }) => [
      position ?? null,
      sopClassUid,
      sopInstanceUid,
    ]);
    this.#hash = createHash('sha256').update(JSON.stringify([plan, order]));
  }

  /** The files, in the order of the plan. @param bytes undefined for one that cannot be read */
  add(bytes: Uint8Array | undefined): void {
    this.#hash.update(bytes === undefined ? 'unreadable' : createHash('sha256').update(bytes).digest());
  }

  digest(): string {
    return this.#hash.digest('hex').slice(0, 32);
  }
}

/** The same, without decoding anything. */
export async function fingerprintInputs(plan: StudyPlan, signal?: AbortSignal): Promise<string> {
  const fingerprint = new InputFingerprint(plan);
  for (const { source } of plan.slices) {
    signal?.throwIfAborted();
    // A file that cannot be read changes the fingerprint; the prediction reports the reason.
    fingerprint.add(await source.read().catch(() => undefined));
  }
  return fingerprint.digest();
}
