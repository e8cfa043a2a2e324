import { readFileSync } from 'node:fs';
import { present } from '@ichor/files/present';
import { RandomStream } from '@ichor/files/random';
import { DicomError } from '../error.js';
import { parseDicom } from '../read.js';
import { fixture, fixtures } from '../testing/fixtures.js';
import { mutate } from './mutate.js';

export interface FuzzOptions {
  readonly seed: number;
  readonly first: number;
  readonly cases: number;
  /** Called before each case, so that a watchdog can name the one that hangs. */
  readonly before?: (name: string, index: number) => void;
}

export interface FuzzReport {
  readonly cases: number;
  /** Number of cases that ended in a result (`read`) or in each error code. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Cases that ended in neither a result nor a DicomError. There must be none. */
  readonly untyped: readonly string[];
  readonly slowest: { readonly milliseconds: number; readonly name: string };
  /** Bytes: the process' resident memory at its highest, and before the first case. */
  readonly peakMemory: number;
  readonly startMemory: number;
}

/**
 * Reads mutated copies of every test file, one after the other: attributes, every value, up to three frames.
 * Case `i` of a seed does not depend on the cases before it.
 */
export async function runFuzz({ seed, first, cases, before }: FuzzOptions): Promise<FuzzReport> {
  const sources = fixtures.map(({ file }) => ({ file, bytes: readFileSync(fixture(file)) }));
  const others = sources.map(({ bytes }) => bytes);
  const outcomes: Record<string, number> = {};
  const untyped: string[] = [];
  let slowest = { milliseconds: 0, name: '' };
  const startMemory = process.memoryUsage.rss();
  for (let index = first; index < first + cases; index++) {
    const random = new RandomStream('fuzz', seed, index);
    const source = present(sources[index % sources.length]);
    const { bytes, how } = mutate(source.bytes, random, others);
    const name = `case ${index} of seed ${seed}: ${source.file}, ${how}`;
    before?.(name, index);
    const start = performance.now();
    let outcome = 'read';
    try {
      await readAll(bytes);
    } catch (cause) {
      outcome = cause instanceof DicomError ? cause.code : 'untyped';
      if (outcome === 'untyped') untyped.push(`${name}: ${String(cause)}`);
    }
    const milliseconds = performance.now() - start;
    if (milliseconds > slowest.milliseconds) slowest = { milliseconds, name };
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  // maxRSS is in KiB.
  const peakMemory = process.resourceUsage().maxRSS * 1024;
  return { cases, outcomes, untyped, slowest, peakMemory, startMemory };
}

async function readAll(bytes: Uint8Array): Promise<void> {
  const file = parseDicom(bytes);
  file.values();
  file.metaValues();
  const frames = Math.max(1, Math.min(3, file.attributes.NumberOfFrames));
  for (let frame = 0; frame < frames; frame++) await file.hounsfield(frame);
}
