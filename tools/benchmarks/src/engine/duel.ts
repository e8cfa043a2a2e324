import { setTimeout } from 'node:timers/promises';
import { IchorError } from '@ichor/files';
import type { OnnxProvider, Operators } from '@ichor/runtime';
import { EngineProcess } from './engine-process.js';
import { memoryWhenPrepared } from './prepared-session.js';
import { BATCH, float32Variants, type Mode, type Variant } from './protocol.js';

export interface Contest {
  readonly id: string;
  readonly mode: Mode;
  readonly size: number;
  /** Time of Ichor over time of the fastest peer that is aimed at. */
  readonly target: number;
}

export interface Result extends Contest {
  readonly ichor: SideResult;
  /** In 8 bits, in the same rounds; inference only. */
  readonly eightBit?: SideResult;
  /** OpenVINO in 8 bits, in the same rounds; inference only, where Python can quantize. */
  readonly peerEightBit?: SideResult & { readonly version: string };
  /** Largest resident set of Ichor, bytes, when the network is opened as `ichor predict` opens it; inference only. */
  readonly preparedBytes?: number;
  /** The fastest variant in float32, in rounds with Ichor. */
  readonly peer: SideResult & { readonly variant: Variant; readonly version: string };
  /** Each variant alone; without those that failed. */
  readonly variants: readonly VariantResult[];
  /** Why the others have no result, a sentence each. */
  readonly leftOut: readonly string[];
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
  /** Opening, and what the first run took longer than the median: with `compiled`, compilation. */
  readonly creation: number;
  readonly bytes: number;
}

/** Thread pools of both sides spin for a while after a run; they must not disturb the run of the other side. */
const PAUSE = 60;

/** The fastest variant of the peer against Ichor, in turn, the order changing from round to round. */
export async function duel(
  contest: Contest,
  {
    rounds,
    threads,
    without,
    limit,
    operators = 'public',
  }: {
    rounds: number;
    threads: number;
    without: readonly string[];
    /** Seconds for each answer of a variant that is tried; torch.compile may take many minutes. */
    limit: number;
    /** What Ichor trains on. Default: public */
    operators?: Operators;
  },
): Promise<Result> {
  const variants: VariantResult[] = [];
  const leftOut: string[] = [];
  for (const variant of [...float32Variants[contest.mode], 'bf16'] as const) {
    if (without.includes(variant)) continue;
    const result = await tryVariant(contest, variant, threads, limit);
    if (typeof result === 'string') leftOut.push(result);
    else variants.push(result);
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
  const preparedBytes =
    contest.mode === 'infer' ? await memoryWhenPrepared(contest.id, contest.size, threads) : undefined;
  const ichor = new Side(EngineProcess.ichor());
  const eightBit =
    contest.mode === 'infer' && !without.includes('int8') ? new Side(EngineProcess.ichor()) : undefined;
  const peer = new Side(EngineProcess.peer());
  const peerEightBit =
    contest.mode === 'infer' && !without.includes('openvino-int8')
      ? await openEightBitPeer(contest, threads, limit)
      : undefined;
  const other = typeof peerEightBit === 'string' ? undefined : peerEightBit;
  if (typeof peerEightBit === 'string') leftOut.push(peerEightBit);
  try {
    await ichor.open(contest, threads, { provider: 'cpu', operators });
    await eightBit?.open(contest, threads, { provider: 'cpu', eightBit: true });
    const version = await peer.open(contest, threads, variant);
    const sides = [ichor, peer, eightBit, other?.side].filter((side) => side !== undefined);
    for (let round = 0; round < rounds; round++) {
      for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
        await setTimeout(PAUSE);
        await side.run();
      }
    }
    return {
      ...contest,
      ichor: await ichor.result(),
      ...(preparedBytes === undefined ? {} : { preparedBytes }),
      ...(eightBit === undefined ? {} : { eightBit: await eightBit.result() }),
      ...(other === undefined
        ? {}
        : { peerEightBit: { ...(await other.side.result()), version: other.version } }),
      peer: { ...(await peer.result()), variant, version },
      variants,
      leftOut,
    };
  } finally {
    await Promise.all([ichor.close(), eightBit?.close(), peer.close(), other?.side.close()]);
  }
}

/** OpenVINO in 8 bits, ready to run, or in words why it cannot be tried here, for example without NNCF. */
async function openEightBitPeer(
  contest: Contest,
  threads: number,
  limit: number,
): Promise<{ readonly side: Side; readonly version: string } | string> {
  const side = new Side(EngineProcess.peer());
  try {
    return { side, version: await side.open(contest, threads, 'openvino-int8', limit) };
  } catch (error) {
    await side.close();
    return whyLeftOut(contest, 'openvino-int8', error);
  }
}

/** @throws `error` when it is not one that says why a variant does not run */
function whyLeftOut({ mode, id, size }: Contest, variant: Variant, error: unknown): string {
  if (!(error instanceof IchorError)) throw error;
  const why = `${mode} ${id} ${size}: ${variant} left out: ${error.reason}`;
  process.stderr.write(`${why}\n`);
  return why;
}

/** The result, or in words why the variant has none here, for example without a C++ compiler. */
async function tryVariant(
  contest: Contest,
  variant: Variant,
  threads: number,
  limit: number,
): Promise<VariantResult | string> {
  const side = new Side(EngineProcess.peer());
  try {
    await side.open(contest, threads, variant, limit);
    for (let run = 0; run < 3; run++) await side.run();
    const { milliseconds, creation, bytes } = await side.result();
    if (variant === 'compiled') {
      process.stderr.write(
        `${contest.mode} ${contest.id} ${contest.size}: compiled in ${(creation / 1000).toFixed(0)} s, ${milliseconds.toFixed(0)} ms\n`,
      );
    }
    return { variant, milliseconds, creation, bytes };
  } catch (error) {
    return whyLeftOut(contest, variant, error);
  } finally {
    await side.close();
  }
}

interface HowIchor {
  readonly provider: OnnxProvider;
  readonly eightBit?: boolean;
  readonly operators?: Operators;
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

  /**
   * Opens and runs twice, which does not count. Returns the version of the library.
   *
   * @param limit seconds for each of the three
   */
  async open(
    { id, mode, size }: Pick<Contest, 'id' | 'mode' | 'size'>,
    threads: number,
    how: Variant | HowIchor = { provider: 'cpu' },
    limit?: number,
  ): Promise<string> {
    const chosen = typeof how === 'string' ? { variant: how } : how;
    const { milliseconds = NaN, version = '' } = await this.#process.ask(
      { command: 'open', id, mode, batch: BATCH, size, threads, ...chosen },
      limit,
    );
    this.#opened = milliseconds;
    this.#first = await this.#process.milliseconds({ command: 'run' }, limit);
    await this.#process.milliseconds({ command: 'run' }, limit);
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
