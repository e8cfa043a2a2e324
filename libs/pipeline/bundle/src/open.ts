import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describeEnvironment } from '@ichor/cli';
import { z } from 'zod';
import { isNotThere } from '@ichor/files';
import { BundleError, damaged } from './error.js';
import { hashFile } from './hash.js';
import {
  BUNDLE_VERSION,
  inconsistency,
  manifestSchema,
  type BundledFile,
  type BundleManifest,
} from './manifest.js';
import { checkNetworkFile } from './network-file.js';

export interface Bundle {
  readonly folder: string;
  readonly manifest: BundleManifest;
  /** Where a file of the bundle lies. */
  path(file: BundledFile): string;
}

/**
 * Opens a bundle and checks every file against its size and hash, and the settings of each network against its file.
 *
 * @throws BundleError `bundle/missing`, `bundle/damaged`, `bundle/version`, `bundle/hash`
 */
export async function openBundle(
  folder: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Bundle> {
  const path = join(folder, 'manifest.json');
  const manifest = await readManifest(path);
  const missing = inconsistency(manifest);
  if (missing !== undefined) throw damaged(path, missing);
  for (const { onnx, head, settings } of manifest.networks) {
    await checkFile(folder, onnx, signal);
    await checkFile(folder, head, signal);
    await checkNetworkFile(join(folder, onnx.path), settings);
  }
  for (const { parts } of manifest.stackers) {
    for (const file of Object.values(parts)) await checkFile(folder, file, signal);
  }
  return { folder, manifest, path: (file) => join(folder, file.path) };
}

async function readManifest(path: string): Promise<BundleManifest> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new BundleError({
      code: 'bundle/missing',
      file: path,
      reason: `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy: 'give the folder of a bundle, as made by: ichor bundle --out FOLDER',
      cause,
    });
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw damaged(path, `is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  const version = versionSchema.safeParse(content);
  if (!version.success) throw damaged(path, 'is not the manifest of a bundle');
  if (version.data.version !== BUNDLE_VERSION) {
    throw new BundleError({
      code: 'bundle/version',
      file: path,
      reason: `the bundle has version ${version.data.version} (made by Ichor ${version.data.software.ichor}); this is Ichor ${describeEnvironment().ichor}, which reads version ${BUNDLE_VERSION}`,
      remedy: 'use the Ichor version that made it, or make the bundle again with this version',
    });
  }
  const result = manifestSchema.safeParse(content);
  if (!result.success) throw damaged(path, z.prettifyError(result.error));
  return result.data;
}

const versionSchema = z.object({
  format: z.literal('ichor-bundle'),
  version: z.number(),
  software: z.object({ ichor: z.string() }),
});

async function checkFile(
  folder: string,
  { path, sha256, bytes }: BundledFile,
  signal: AbortSignal | undefined,
): Promise<void> {
  const full = join(folder, path);
  const size = await stat(full).then(
    (status) => status.size,
    (cause: unknown) => {
      throw damaged(full, isNotThere(cause) ? 'is missing' : 'cannot be read');
    },
  );
  // The size first, because it needs no reading.
  if (size !== bytes || (await hashFile(full, signal)).sha256 !== sha256) {
    throw new BundleError({
      code: 'bundle/hash',
      file: full,
      reason: `is not the file that the manifest names (${size === bytes ? 'its hash differs' : `${size} bytes instead of ${bytes}`})`,
      remedy: 'copy the bundle again; do not use it in this state',
    });
  }
}
