import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describeEnvironment } from '@ichor/cli';
import { z } from 'zod';
import { IchorError, isNotThere, messageOf, present } from '@ichor/files';
import { describeOnnx, type OnnxDescription } from '@ichor/nn';
import { identityOf, type PreparedNetworks, type Preparation } from '@ichor/runtime';
import { FileChecker } from './check/file-checker.js';
import { BundleError, damaged } from './error.js';
import {
  inconsistency,
  manifestSchema,
  READABLE_VERSIONS,
  type BundledFile,
  type BundledNetwork,
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
  /** How to open the file of a network, when networks are prepared. */
  preparation(network: BundledFile): Preparation | undefined;
}

export interface OpenBundleOptions {
  readonly signal?: AbortSignal;
  /**
   * A network that is prepared for this machine is not hashed again as long as its file is unchanged: it is not read, and what is
   * read instead is checked when it is opened.
   */
  readonly prepared?: PreparedNetworks;
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
  { signal, prepared, onCheck }: OpenBundleOptions = {},
): Promise<Bundle> {
  const path = join(folder, 'manifest.json');
  const manifest = await readManifest(path);
  const missing = inconsistency(manifest);
  if (missing !== undefined) throw damaged(path, missing);
  const total = filesOf(manifest).reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  onCheck?.(done, total);
  const checkers = Array.from({ length: filesAtOnce }, () => new FileChecker());
  const preparations = new Map<string, Preparation>();
  const counted = (file: BundledFile): void => {
    done += file.bytes;
    onCheck?.(done, total);
  };
  const files: ((checker: FileChecker) => Promise<void>)[] = [
    ...manifest.networks.flatMap((network) => [
      async (checker: FileChecker) => {
        const how = await checkNetwork(checker, folder, network, prepared, signal);
        if (how !== undefined) preparations.set(network.onnx.path, how);
        counted(network.onnx);
      },
      (checker: FileChecker) =>
        checkFile(checker, folder, network.head, signal).then(() => counted(network.head)),
    ]),
    ...manifest.stackers.flatMap(({ parts }) =>
      Object.values(parts).map(
        (file) => (checker: FileChecker) =>
          checkFile(checker, folder, file, signal).then(() => counted(file)),
      ),
    ),
  ];
  // One file is read while another one is hashed.
  try {
    await Promise.all(
      checkers.map(async (checker) => {
        for (let check = files.shift(); check !== undefined; check = files.shift()) await check(checker);
      }),
    );
  } finally {
    files.length = 0;
    await Promise.all(checkers.map((checker) => checker.close()));
  }
  return {
    folder,
    manifest,
    path: (file) => join(folder, file.path),
    preparation: ({ path }) => preparations.get(path),
  };
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
  if (!READABLE_VERSIONS.includes(version.data.version)) {
    throw new BundleError({
      code: 'bundle/version',
      file: path,
      reason: `the bundle has version ${version.data.version} (made by Ichor ${version.data.software.ichor}); this is Ichor ${describeEnvironment().ichor}, which reads the versions ${READABLE_VERSIONS.join(' and ')}`,
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

/** Checks the file of a network, and its settings against it; or what was prepared from it, while it is unchanged. */
async function checkNetwork(
  checker: FileChecker,
  folder: string,
  { onnx, settings }: BundledNetwork,
  prepared: PreparedNetworks | undefined,
  signal: AbortSignal | undefined,
): Promise<Preparation | undefined> {
  const full = join(folder, onnx.path);
  await checkSize(full, onnx.bytes);
  const graph = await prepared?.graphOf(full, onnx.sha256);
  if (graph !== undefined) {
    checkNetworkFile(full, describeOnnx(graph), settings);
    return prepared?.preparation(onnx.sha256, null);
  }
  const identity = prepared && (await identityOf(full));
  const description = await checkFile(checker, folder, onnx, signal, 'describe');
  checkNetworkFile(full, present(description), settings);
  return prepared?.preparation(onnx.sha256, { identity });
}

/** The size alone, because it needs neither time nor memory. */
async function checkSize(full: string, bytes: number): Promise<void> {
  const size = await stat(full).then(
    (status) => status.size,
    (cause: unknown) => {
      throw damaged(full, isNotThere(cause) ? 'is missing' : 'cannot be read');
    },
  );
  if (size !== bytes) throw wrongFile(full, `${size} bytes instead of ${bytes}`);
}

/** Checks size and hash; `describe` gives what an ONNX file says of itself. */
async function checkFile(
  checker: FileChecker,
  folder: string,
  { path, sha256, bytes }: BundledFile,
  signal: AbortSignal | undefined,
  describe?: 'describe',
): Promise<OnnxDescription | undefined> {
  const full = join(folder, path);
  await checkSize(full, bytes);
  const wanted = { path: full, bytes, sha256, describe: describe !== undefined };
  const { isRight, description } = await checker.check(wanted, signal).catch((cause: unknown) => {
    signal?.throwIfAborted();
    if (cause instanceof IchorError) throw damaged(full, cause.reason);
    throw damaged(full, `cannot be read: ${messageOf(cause)}`);
  });
  if (!isRight) throw wrongFile(full, 'its hash differs');
  return description;
}

function wrongFile(file: string, what: string): BundleError {
  return new BundleError({
    code: 'bundle/hash',
    file,
    reason: `is not the file that the manifest names (${what})`,
    remedy: 'copy the bundle again; do not use it in this state',
  });
}
