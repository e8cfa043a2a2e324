import { join } from 'node:path';
import { readManifest } from '@ichor/cli';
import { IchorError, listEntries, listFolder } from '@ichor/files';

export interface PeakMemory {
  /** Manifest of the step, relative to intermediate_output. */
  readonly step: string;
  readonly bytes: number;
}

/** The step that took the most memory, by the manifests that the steps left; undefined without any. */
export async function peakMemory(intermediate: string): Promise<PeakMemory | undefined> {
  let peak: PeakMemory | undefined;
  for (const { name: folder } of ((await listEntries(intermediate)) ?? []).filter((entry) =>
    entry.isDirectory(),
  )) {
    for (const name of (await listFolder(join(intermediate, folder))) ?? []) {
      if (!name.endsWith('.json')) continue;
      // Other JSON files are not manifests.
      const manifest = await readManifest(join(intermediate, folder, name)).catch((error: unknown) => {
        if (error instanceof IchorError && error.code === 'cli/manifest') return undefined;
        throw error;
      });
      if (manifest !== undefined && manifest.peakMemory > (peak?.bytes ?? 0)) {
        peak = { step: `${folder}/${name.replace(/\.json$/, '')}`, bytes: manifest.peakMemory };
      }
    }
  }
  return peak;
}
