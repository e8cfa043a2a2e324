import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readManifest } from '@ichor/cli';

export interface PeakMemory {
  /** Manifest of the step, relative to intermediate_output. */
  readonly step: string;
  readonly bytes: number;
}

/** The step that took the most memory, by the manifests that the steps left; undefined without any. */
export async function peakMemory(intermediate: string): Promise<PeakMemory | undefined> {
  let peak: PeakMemory | undefined;
  for (const folder of await readdir(intermediate).catch((): string[] => [])) {
    for (const name of await readdir(join(intermediate, folder)).catch((): string[] => [])) {
      if (!name.endsWith('.json')) continue;
      // Other JSON files are no manifests.
      const manifest = await readManifest(join(intermediate, folder, name)).catch(() => undefined);
      if (manifest !== undefined && manifest.peakMemory > (peak?.bytes ?? 0)) {
        peak = { step: `${folder}/${name.replace(/\.json$/, '')}`, bytes: manifest.peakMemory };
      }
    }
  }
  return peak;
}
