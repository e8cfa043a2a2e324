import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describeEnvironment } from '@ichor/cli';
import { z } from 'zod';
import { isNotThere, messageOf } from '@ichor/files';
import { BundleError, damaged } from './error.js';
import { HashingReader } from './hash.js';
import {
  BUNDLE_VERSION,
  inconsistency,
  manifestSchema,
  type BundledFile,
  type BundleManifest,
} from './manifest.js';
import { checkNetworkFile } from './network-file.js';

/** So many files of a bundle are in memory at once while they are checked. */
const filesAtOnce = 2;

export interface Bundle {
  readonly folder: string;
  readonly manifest: BundleManifest;
  /** Path of a file of the bundle. */
  path(file: BundledFile): string;
}

export interface OpenBundleOptions {
  readonly signal?: AbortSignal;
  /** Bytes that are checked; called once with 0 before the first file, because a large bundle takes its time. */
  readonly onCheck?: (done: number, total: number) => void;
}

/**
 * Opens a bundle and checks every file against its size and hash, and the settings of each network against its file.
 *
 * @throws BundleError `bundle/missing`, `bundle/damaged`, `bundle/version`, `bundle/hash`
 */
export async function openBundle(
  folder: string,
  { signal, onCheck }: OpenBundleOptions = {},
): Promise<Bundle> {
  const path = join(folder, 'manifest.json');
  const manifest = await readManifest(path);
  const missing = inconsistency(manifest);
  if (missing !== undefined) throw damaged(path, missing);
  const total = filesOf(manifest).reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  onCheck?.(done, total);
  const check = async (reader: HashingReader, file: BundledFile, examine?: Examine): Promise<void> => {
    await checkFile(reader, folder, file, signal, examine);
    done += file.bytes;
    onCheck?.(done, total);
  };
  const files: ((reader: HashingReader) => Promise<void>)[] = [
    ...manifest.networks.flatMap(({ onnx, head, settings }) => [
      (reader: HashingReader) =>
        check(reader, onnx, (file, content) => checkNetworkFile(file, content, settings)),
      (reader: HashingReader) => check(reader, head),
    ]),
    ...manifest.stackers.flatMap(({ parts }) =>
      Object.values(parts).map((file) => (reader: HashingReader) => check(reader, file)),
    ),
  ];
  // One file is read while another one is hashed.
  await Promise.all(
    Array.from({ length: filesAtOnce }, async () => {
      const reader = new HashingReader();
      for (let check = files.shift(); check !== undefined; check = files.shift()) await check(reader);
    }),
  ).catch((cause: unknown) => {
    files.length = 0;
    throw cause;
  });
  return { folder, manifest, path: (file) => join(folder, file.path) };
}

function filesOf({ networks, stackers }: BundleManifest): BundledFile[] {
  return [
    ...networks.flatMap(({ onnx, head }) => [onnx, head]),
    ...stackers.flatMap(({ parts }) => Object.values(parts)),
  ];
}

async function readManifest(path: string): Promise<BundleManifest> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new BundleError({
      code: 'bundle/missing',
      file: path,
      reason: `cannot be read: ${messageOf(cause)}`,
      remedy: 'give the folder of a bundle, as made by: ichor bundle --out FOLDER',
      cause,
    });
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw damaged(path, `is not JSON: ${messageOf(cause)}`);
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

type Examine = (file: string, content: Uint8Array) => void;

/** Checks size and hash, then what `examine` finds in the content. */
async function checkFile(
  reader: HashingReader,
  folder: string,
  { path, sha256, bytes }: BundledFile,
  signal: AbortSignal | undefined,
  examine?: Examine,
): Promise<void> {
  const full = join(folder, path);
  const size = await stat(full).then(
    (status) => status.size,
    (cause: unknown) => {
      throw damaged(full, isNotThere(cause) ? 'is missing' : 'cannot be read');
    },
  );
  // The size first, because it needs neither time nor memory.
  if (size !== bytes) throw wrongFile(full, `${size} bytes instead of ${bytes}`);
  const { content, sha256: found } = await reader.read(full, bytes, signal).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw damaged(full, `cannot be read: ${messageOf(cause)}`);
  });
  if (found !== sha256) throw wrongFile(full, 'its hash differs');
  examine?.(full, content);
}

function wrongFile(file: string, what: string): BundleError {
  return new BundleError({
    code: 'bundle/hash',
    file,
    reason: `is not the file that the manifest names (${what})`,
    remedy: 'copy the bundle again; do not use it in this state',
  });
}
