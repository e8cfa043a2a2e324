import { setTimeout } from 'node:timers/promises';
import { IchorError } from '@ichor/files';
import type { OnnxProvider } from '@ichor/runtime';
import { EngineProcess } from './engine-process.js';
import { float32Variants, type Mode, type Variant } from './protocol.js';

export interface Contest {
  readonly id: string;
  readonly mode: Mode;
  readonly size: number;
  /** Time of Ichor over time of the fastest peer that is aimed at. */
  readonly target: number;
}

export interface Result extends Contest {
  readonly ichor: SideResult;
  /** The fastest variant in float32, in rounds with Ichor. */
  readonly peer: SideResult & { readonly variant: Variant; readonly version: string };
  /** Each variant alone; without those that failed. */
  readonly variants: readonly VariantResult[];
}

export interface SideResult {
  /** Median time of one run. */
  readonly milliseconds: number;
  readonly fastest: number;
  /** Median processor time of one run, all threads together. */
  readonly processor: number;
  /** Opening, and what the first run took longer than the median. */
  readonly creation: number;
  /** Largest resident set of the process. */
  readonly bytes: number;
}

export interface VariantResult {
  readonly variant: Variant;
  /** Median of three runs. */
  readonly milliseconds: number;
  readonly bytes: number;
}

export const BATCH = 8;
/** Thread pools of both sides spin for a while after a run; they must not disturb the run of the other side. */
const PAUSE = 60;

/** The fastest variant of the peer against Ichor, in turn, the order changing from round to round. */
export async function duel(
  contest: Contest,
  { rounds, threads, without }: { rounds: number; threads: number; without: readonly string[] },
): Promise<Result> {
  const variants: VariantResult[] = [];
  for (const variant of [...float32Variants[contest.mode], 'bf16'] as const) {
    if (without.includes(variant)) continue;
    const result = await tryVariant(contest, variant, threads);
    if (result !== undefined) variants.push(result);
  }
  const [fastest] = variants
    .filter(({ variant }) => variant !== 'bf16')
    .sort((a, b) => a.milliseconds - b.milliseconds);
  if (fastest === undefined) {
    throw new IchorError({
      code: 'benchmarks/no-peer',
      reason: `no variant of the peer runs ${contest.id}`,
    });
  }
  const { variant } = fastest;
  const ichor = new Side(EngineProcess.ichor());
  const peer = new Side(EngineProcess.peer());
  try {
    await ichor.open(contest, threads);
    const version = await peer.open(contest, threads, variant);
    for (let round = 0; round < rounds; round++) {
      for (const side of round % 2 === 0 ? [ichor, peer] : [peer, ichor]) {
        await setTimeout(PAUSE);
        await side.run();
      }
    }
    return {
      ...contest,
      ichor: await ichor.result(),
      peer: { ...(await peer.result()), variant, version },
      variants,
    };
  } finally {
    await Promise.all([ichor.close(), peer.close()]);
  }
}

/** Undefined where the variant cannot run here, for example without a C++ compiler; the reason is printed. */
async function tryVariant(
  contest: Contest,
  variant: Variant,
  threads: number,
): Promise<VariantResult | undefined> {
  const side = new Side(EngineProcess.peer());
  try {
    await side.open(contest, threads, variant);
    for (let run = 0; run < 3; run++) await side.run();
    const { milliseconds, bytes } = await side.result();
    return { variant, milliseconds, bytes };
  } catch (error) {
    if (!(error instanceof IchorError)) throw error;
    process.stderr.write(`${contest.mode} ${contest.id}: ${variant} left out: ${error.message}\n`);
    return undefined;
  } finally {
    await side.close();
  }
}

/** One process and the times of its runs. */
export class Side {
  readonly #process: EngineProcess;
  readonly #times: number[] = [];
  readonly #processor: number[] = [];
  #opened = NaN;
  #first = NaN;

  constructor(process: EngineProcess) {
    this.#process = process;
  }

  /** Opens and runs twice, which does not count. Returns the version of the library. */
  async open(
    { id, mode, size }: Pick<Contest, 'id' | 'mode' | 'size'>,
    threads: number,
    how: Variant | { readonly provider: OnnxProvider } = { provider: 'cpu' },
  ): Promise<string> {
    const { milliseconds = NaN, version = '' } = await this.#process.ask({
      command: 'open',
      id,
      mode,
      batch: BATCH,
      size,
      threads,
      ...(typeof how === 'string' ? { variant: how } : how),
    });
    this.#opened = milliseconds;
    this.#first = await this.#process.milliseconds({ command: 'run' });
    await this.#process.milliseconds({ command: 'run' });
    return version;
  }

  async run(): Promise<void> {
    const { milliseconds = NaN, processorMilliseconds = NaN } = await this.#process.ask({ command: 'run' });
    this.#times.push(milliseconds);
    this.#processor.push(processorMilliseconds);
  }

  async result(): Promise<SideResult> {
    const milliseconds = median(this.#times);
    const { bytes = NaN } = await this.#process.ask({ command: 'memory' });
    return {
      milliseconds,
      fastest: Math.min(...this.#times),
      processor: median(this.#processor),
      creation: this.#opened + Math.max(0, this.#first - milliseconds),
      bytes,
    };
  }

  close(): Promise<void> {
    return this.#process.close();
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? NaN)) / 2;
}
