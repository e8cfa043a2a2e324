import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { formatBytes, formatDuration, readManifest } from '@ichor/cli';
import { DicomError } from '@ichor/dicom';
import { FileBuffer } from '@ichor/dicom/node';
import { isThere, listFolder } from '@ichor/files';
import type { Layout } from '@ichor/tables/layout';
import { nothingToRead } from './make-tables.js';
import { manifestPath } from './preprocess.js';
import { readSlice } from './slice-row.js';

/** Files that are read to measure the speed. */
const PROBE = 64;
/** Of all tables together: 1 GB for the 874,035 slices of the challenge. */
const BYTES_PER_SLICE = 1200;
export interface PreprocessPlan {
  readonly train: number;
  readonly test: number;
  /** False: an earlier run has read the files; they are compared, and only other ones are read. */
  readonly reads: boolean;
  readonly seconds: number;
  /** Bytes of the tables. */
  readonly disk: number;
  /** Bytes; undefined where this machine has made no tables here. */
  readonly memory: number | undefined;
  readonly source: string;
}

/**
 * Says what preprocessing would do here. Reads a few files to measure the speed; writes nothing.
 *
 * @throws IchorError `preprocess/no-images`
 */
export async function planPreprocess(
  files: Layout,
  { workers, fresh }: { readonly workers: number; readonly fresh: boolean },
): Promise<PreprocessPlan> {
  const [train, test] = [await imagesIn(files.input.trainImages), await imagesIn(files.input.testImages)];
  const images = [...train, ...test];
  if (images.length === 0) throw nothingToRead(files);
  const reads =
    fresh ||
    !(await isThere(files.preprocessed('train_raw'))) ||
    !(await isThere(files.preprocessed('test_raw')));
  const secondsPerSlice = (await probe(images)) / workers;
  return {
    train: train.length,
    test: test.length,
    reads,
    seconds: reads ? images.length * secondsPerSlice : 0,
    disk: images.length * BYTES_PER_SLICE,
    memory: await earlierMemory(files),
    source: `${Math.min(PROBE, images.length)} files, read just now by one thread, and ${workers} threads`,
  };
}

export function preprocessPlanText(plan: PreprocessPlan): string {
  const { train, test, reads, seconds, disk, memory, source } = plan;
  return [
    `preprocess: ${train} training and ${test} test slices${reads ? '' : ' that were read before; only changed files are read again'}`,
    ...(reads ? [`Time: about ${formatDuration(seconds)}; from ${source}.`] : []),
    `Disk: about ${formatBytes(disk)} for the tables.`,
    ...(memory === undefined
      ? []
      : [`Memory: about ${formatBytes(memory)}, of the last run on this machine.`]),
  ].join('\n');
}

async function imagesIn(folder: string): Promise<string[]> {
  const names = ((await listFolder(folder)) ?? []).filter((name) => name.endsWith('.dcm')).sort();
  return names.map((name) => join(folder, name));
}

async function earlierMemory(files: Layout): Promise<number | undefined> {
  const path = manifestPath(files);
  if (!(await isThere(path))) return undefined;
  const { environment, peakMemory } = await readManifest(path);
  return environment.host === hostname() ? peakMemory : undefined;
}

/** Seconds that one thread takes for a slice; of files from all over the folders. */
async function probe(images: readonly string[]): Promise<number> {
  const step = Math.max(1, Math.floor(images.length / PROBE));
  const chosen = images.filter((_, at) => at % step === 0).slice(0, PROBE);
  const buffer = new FileBuffer();
  const started = performance.now();
  for (const path of chosen) {
    try {
      await readSlice(basename(path, '.dcm'), '', path, buffer);
    } catch (error) {
      if (!(error instanceof DicomError)) throw error;
    }
  }
  return (performance.now() - started) / 1000 / chosen.length;
}
