import { setTimeout } from 'node:timers/promises';
import type { Mode } from './protocol.js';
import { EngineProcess } from './engine-process.js';

export interface Contest {
  readonly id: string;
  readonly mode: Mode;
  readonly size: number;
  /** Time of Ichor over time of PyTorch that is aimed at. */
  readonly target: number;
}

export interface Result extends Contest {
  readonly ichor: SideResult;
  readonly pytorch: SideResult;
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

const BATCH = 8;
/** Thread pools of both sides spin for a while after a run; they must not disturb the other's. */
const PAUSE = 60;

/** Both sides in turn, the order changing from round to round, after two runs that do not count. */
export async function duel(contest: Contest, rounds: number, threads: number): Promise<Result> {
  const { id, mode, size } = contest;
  const sides = [EngineProcess.ichor(), EngineProcess.pytorch()] as const;
  try {
    const opened: number[] = [];
    const first: number[] = [];
    for (const [i, side] of sides.entries()) {
      opened[i] = await side.milliseconds({ command: 'open', id, mode, batch: BATCH, size, threads });
      first[i] = await side.milliseconds({ command: 'run' });
      await side.milliseconds({ command: 'run' });
    }
    const times: [number[], number[]] = [[], []];
    const processor: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      for (const turn of [round % 2, (round + 1) % 2] as const) {
        await setTimeout(PAUSE);
        const side = turn === 0 ? 0 : 1;
        const { milliseconds = NaN, processorMilliseconds = NaN } = await sides[side].ask({ command: 'run' });
        times[side].push(milliseconds);
        processor[side].push(processorMilliseconds);
      }
    }
    const result = async (i: 0 | 1): Promise<SideResult> => {
      const milliseconds = median(times[i]);
      const { bytes = NaN } = await sides[i].ask({ command: 'memory' });
      const creation = (opened[i] ?? NaN) + Math.max(0, (first[i] ?? NaN) - milliseconds);
      return {
        milliseconds,
        fastest: Math.min(...times[i]),
        processor: median(processor[i]),
        creation,
        bytes,
      };
    };
    return { ...contest, ichor: await result(0), pytorch: await result(1) };
  } finally {
    await Promise.all(sides.map((side) => side.close()));
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? NaN)) / 2;
}
