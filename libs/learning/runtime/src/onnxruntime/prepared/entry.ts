import { open, readFile, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { isThere, temporaryPathFor } from '@ichor/files';
import type { FileIdentity } from './file-identity.js';

/** The graph with the weights that are too small for the other file. */
export const graphName = 'network.onnx';
export const weightsName = 'weights.bin';
/** Written last: a folder without it is not complete. */
export const entryName = 'entry.json';

/** Raised when what the files hold, or how they are made, changes. */
export const FORMAT = 1;

interface FileSum {
  readonly bytes: number;
  readonly crc32: number;
}

/** `entry.json` of a prepared network. */
export interface PreparedEntry {
  readonly format: typeof FORMAT;
  readonly graph: FileSum;
  /** Absent for a network without large weights. */
  readonly weights?: FileSum;
  /** Files from which the network was prepared, or whose hash was compared with that of such a file. */
  readonly sources: readonly FileIdentity[];
}

/** @returns undefined when it is missing, damaged or of another format */
export async function readEntry(folder: string): Promise<PreparedEntry | undefined> {
  try {
    const content: unknown = JSON.parse(await readFile(join(folder, entryName), 'utf8'));
    return isEntry(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Not flushed to the disk, which would wait until all weights are on it: after a loss of power, the entry and the checksums tell what
 * is not whole.
 */
export async function writeEntry(folder: string, entry: PreparedEntry): Promise<void> {
  const path = join(folder, entryName);
  const unfinished = temporaryPathFor(path);
  await writeFile(unfinished, `${JSON.stringify(entry)}\n`);
  await rename(unfinished, path);
}

/** Networks that were used last are removed last. */
export async function markUsed(folder: string): Promise<void> {
  const now = new Date();
  await utimes(join(folder, entryName), now, now);
}

/** Size and checksum of the files that onnxruntime has written. */
export async function sumOfFiles(folder: string): Promise<Pick<PreparedEntry, 'graph' | 'weights'>> {
  const graph = await sumOfFile(join(folder, graphName));
  const weights = join(folder, weightsName);
  return { graph, ...((await isThere(weights)) ? { weights: await sumOfFile(weights) } : {}) };
}

/** Whether the files are those of the entry. Reads all of them. */
export async function isIntact(folder: string, { graph, weights }: PreparedEntry): Promise<boolean> {
  try {
    const found = await sumOfFiles(folder);
    return isEqual(found.graph, graph) && isEqual(found.weights, weights);
  } catch {
    return false;
  }
}

/** The bytes of the graph; undefined when they are not those of the entry. */
export async function readGraph(folder: string, { graph }: PreparedEntry): Promise<Uint8Array | undefined> {
  try {
    const content = await readFile(join(folder, graphName));
    return isEqual({ bytes: content.length, crc32: crc32(content) }, graph) ? content : undefined;
  } catch {
    return undefined;
  }
}

const isEqual = (a: FileSum | undefined, b: FileSum | undefined) =>
  a?.bytes === b?.bytes && a?.crc32 === b?.crc32;

/** Pieces in which files are read. */
const PIECE = 4 * 2 ** 20;

async function sumOfFile(path: string): Promise<FileSum> {
  const piece = new Uint8Array(PIECE);
  const file = await open(path);
  try {
    let bytes = 0;
    let sum = 0;
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, PIECE, bytes);
      if (bytesRead === 0) return { bytes, crc32: sum };
      sum = crc32(piece.subarray(0, bytesRead), sum);
      bytes += bytesRead;
    }
  } finally {
    await file.close();
  }
}

function isEntry(content: unknown): content is PreparedEntry {
  if (!isRecord(content) || content['format'] !== FORMAT) return false;
  const { graph, weights, sources } = content;
  return (
    isSum(graph) &&
    (weights === undefined || isSum(weights)) &&
    Array.isArray(sources) &&
    sources.every((one) => isRecord(one) && identityFields.every((name) => typeof one[name] === 'string'))
  );
}

const identityFields = ['device', 'inode', 'bytes', 'modified', 'changed'] satisfies (keyof FileIdentity)[];

const isSum = (value: unknown) =>
  isRecord(value) && Number.isInteger(value['bytes']) && Number.isInteger(value['crc32']);

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
