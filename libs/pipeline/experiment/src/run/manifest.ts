import { readManifest, type RunRecord } from '@ichor/cli';
import { IchorError } from '@ichor/files';

/** Whether the manifest of a finished run exists; it is more useful than that of a later run that failed. */
export async function endedWell(manifest: string): Promise<boolean> {
  return readManifest(manifest).then(
    ({ status }) => status === 'complete',
    (error: unknown) => {
      if (error instanceof IchorError && error.code === 'cli/manifest') return false;
      throw error;
    },
  );
}

/** Writes the manifest of a run that failed, unless it would replace that of a finished run. */
export async function recordFailure(record: RunRecord, manifest: string, error: unknown): Promise<void> {
  // The process that holds the lock writes this manifest.
  const elsewhere = error instanceof IchorError && error.code === 'files/locked';
  if (elsewhere || (await endedWell(manifest).catch(() => true))) return;
  // The first failure is reported. If this fails too, the disk is full or not writable for us.
  await record.write(manifest, 'failed').catch(() => undefined);
}
