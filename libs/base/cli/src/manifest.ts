import { readFile } from 'node:fs/promises';
import { IchorError, isNotThere, notReadable, systemCode, writeFileAtomic } from '@ichor/files';
import { z } from 'zod';
import { describeEnvironment, type Environment } from './environment.js';

export interface DroppedInput {
  /** A slice, a file, a study. */
  readonly id: string;
  readonly reason: string;
}

/** The description of one run: enough to repeat it and to explain its numbers. */
export interface Manifest {
  readonly format: 'ichor-run';
  readonly version: 1;
  readonly command: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly status: 'complete' | 'stopped' | 'failed';
  readonly config: Readonly<Record<string, unknown>>;
  readonly seeds: Readonly<Record<string, number>>;
  readonly engine: string | null;
  /** Fingerprint of the input data; see {@link fingerprintData}. */
  readonly data: string | null;
  /** Seconds per phase. */
  readonly timings: Readonly<Record<string, number>>;
  readonly peakMemory: number;
  readonly dropped: { readonly count: number; readonly first: readonly DroppedInput[] };
  readonly results: Readonly<Record<string, unknown>>;
  readonly environment: Environment;
}

/** Largest number of dropped inputs that the manifest names; it counts all of them. */
const NAMED_DROPS = 1000;

export interface RunOptions {
  readonly command: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly seeds?: Readonly<Record<string, number>>;
  readonly engine?: string;
  readonly data?: string;
  /** Further packages whose versions matter. */
  readonly packages?: readonly string[];
}

/** Collects the facts of a run while it works, and writes them as its manifest. */
export class RunRecord {
  readonly #options: RunOptions;
  readonly #startedAt = new Date();
  readonly #timings = new Map<string, number>();
  readonly #dropped: DroppedInput[] = [];
  readonly #results: Record<string, unknown> = {};
  #droppedCount = 0;
  #engine: string | null;
  #data: string | null;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#engine = options.engine ?? null;
    this.#data = options.data ?? null;
  }

  /** `onnxruntime/cpu`, `lightgbm`... once it is known. */
  setEngine(engine: string): void {
    this.#engine = engine;
  }

  setData(fingerprint: string): void {
    this.#data = fingerprint;
  }

  /** Runs a phase and adds its seconds to those already spent under this name. */
  async time<T>(phase: string, work: () => Promise<T> | T): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.addTime(phase, (performance.now() - start) / 1000);
    }
  }

  addTime(phase: string, seconds: number): void {
    this.#timings.set(phase, (this.#timings.get(phase) ?? 0) + seconds);
  }

  /** An input that was left out. */
  drop(id: string, reason: string): void {
    this.#droppedCount++;
    if (this.#dropped.length < NAMED_DROPS) this.#dropped.push({ id, reason });
  }

  get droppedCount(): number {
    return this.#droppedCount;
  }

  /** A figure or summary worth keeping with the run. */
  result(name: string, value: unknown): void {
    this.#results[name] = value;
  }

  manifest(status: Manifest['status'] = 'complete'): Manifest {
    return {
      format: 'ichor-run',
      version: 1,
      command: this.#options.command,
      startedAt: this.#startedAt.toISOString(),
      finishedAt: new Date().toISOString(),
      status,
      config: this.#options.config ?? {},
      seeds: this.#options.seeds ?? {},
      engine: this.#engine,
      data: this.#data,
      timings: Object.fromEntries(
        [...this.#timings].map(([phase, s]) => [phase, Math.round(s * 1000) / 1000]),
      ),
      // The unit of maxRSS is KiB on every platform.
      peakMemory: process.resourceUsage().maxRSS * 1024,
      dropped: { count: this.#droppedCount, first: this.#dropped },
      results: this.#results,
      environment: describeEnvironment(this.#options.packages),
    };
  }

  async write(path: string, status: Manifest['status'] = 'complete'): Promise<Manifest> {
    const manifest = this.manifest(status);
    await writeManifest(path, manifest);
    return manifest;
  }
}

async function writeManifest(path: string, manifest: Manifest): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(manifest, null, 2)}\n`);
}

const record = z.record(z.string(), z.unknown());
const manifestSchema: z.ZodType<Manifest> = z.object({
  format: z.literal('ichor-run'),
  version: z.literal(1),
  command: z.string(),
  startedAt: z.string(),
  finishedAt: z.string(),
  status: z.enum(['complete', 'stopped', 'failed']),
  config: record,
  seeds: z.record(z.string(), z.number()),
  engine: z.string().nullable(),
  data: z.string().nullable(),
  timings: z.record(z.string(), z.number()),
  peakMemory: z.number(),
  dropped: z.object({
    count: z.number(),
    first: z.array(z.object({ id: z.string(), reason: z.string() })),
  }),
  results: record,
  environment: z.object({
    ichor: z.string(),
    node: z.string(),
    platform: z.string(),
    host: z.string(),
    cpu: z.string(),
    cores: z.number(),
    memory: z.number(),
    packages: z.record(z.string(), z.string()),
  }),
});

/**
 * @throws IchorError `cli/manifest` when the file is missing or is not a manifest of this version; `files/not-readable`
 */
export async function readManifest(path: string): Promise<Manifest> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    if (systemCode(cause) !== '' && !isNotThere(cause)) throw notReadable(path, 'read', cause);
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new IchorError({
      code: 'cli/manifest',
      file: path,
      reason: `not the manifest of a run: ${reason}`,
      remedy: 'run the step that writes it again',
      cause,
    });
  }
}
