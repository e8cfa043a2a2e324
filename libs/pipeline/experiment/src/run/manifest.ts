import { readManifest, type RunRecord } from '@ichor/cli';
import { IchorError } from '@ichor/files';

/** Whether the manifest of a run that came to its end is there; it tells more than that a later one did not. */
export async function endedWell(manifest: string): Promise<boolean> {
  return readManifest(manifest).then(
    ({ status }) => status === 'complete',
    (error: unknown) => {
      if (error instanceof IchorError && error.code === 'cli/manifest') return false;
      throw error;
    },
  );
}

/** Writes the manifest of a run that failed, where it does not hide one that tells more. */
export async function recordFailure(record: RunRecord, manifest: string, error: unknown): Promise<void> {
  // The process that holds the lock writes this manifest.
  const elsewhere = error instanceof IchorError && error.code === 'files/locked';
  if (elsewhere || (await endedWell(manifest).catch(() => true))) return;
  // What failed before is the answer; where this fails too, the disk is full or not ours.
  await record.write(manifest, 'failed').catch(() => undefined);
}
