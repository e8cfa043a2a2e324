import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { IchorError } from '@ichor/files';
import { applyWindows, brainSubduralSoftTissuePlan } from '@ichor/windowing';
import { headLikeSlice } from './preprocess/head-like-slice.js';
import { median } from './preprocess/median.js';

export const title = 'Three windows of a slice compared with numpy';

const SIZE = 512;
const INTERCEPT = -1024;
const ways = {
  masks: 'copies and boolean masks (the original pipeline)',
  clip: 'np.clip and np.stack, float64',
  in_place: 'np.clip in place, float32 throughout',
} as const;
type Way = keyof typeof ways;
type Peer = Readonly<Record<Way, { readonly seconds: number; readonly checksum: number }>>;

/** `--rounds N` (default 7). Needs a Python with numpy ($PYTHON, default python3). */
export async function run(args: string[]): Promise<string> {
  const { values } = parseArgs({ args, options: { rounds: { type: 'string', default: '7' } } });
  const rounds = Number(values.rounds);
  const stored = headLikeSlice(SIZE);
  const folder = await mkdtemp(join(os.tmpdir(), 'ichor-bench-windowing-'));
  try {
    const file = join(folder, 'slice.i16');
    await writeFile(file, stored);
    const own: number[] = [];
    const theirs: Record<Way, number[]> = { masks: [], clip: [], in_place: [] };
    const out = new Float32Array(3 * SIZE * SIZE);
    for (let round = 0; round < rounds; round++) {
      own.push(
        time(() =>
          applyWindows(brainSubduralSoftTissuePlan, { values: stored, slope: 1, intercept: INTERCEPT }, out),
        ),
      );
      const peer = await runPeer(file);
      for (const way of ['masks', 'clip', 'in_place'] as const) {
        theirs[way].push(peer[way].seconds);
        check(out, peer[way].checksum);
      }
    }
    return report(own, theirs, rounds);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Seconds a call, after warming up. */
function time(work: () => void): number {
  const repeats = 100;
  for (let i = 0; i < 30; i++) work();
  const start = performance.now();
  for (let i = 0; i < repeats; i++) work();
  return (performance.now() - start) / 1000 / repeats;
}

async function runPeer(file: string): Promise<Peer> {
  const script = fileURLToPath(new URL('../peers/windowing.py', import.meta.url));
  const python = process.env['PYTHON'] ?? 'python3';
  const { stdout } = await promisify(execFile)(python, [script, file, '1', String(INTERCEPT), '20']);
  return JSON.parse(stdout);
}

/** Both sides must have made the same channels; float32 sums of the peers differ in the sixth digit. */
function check(out: Float32Array, checksum: number): void {
  let sum = 0;
  for (const value of out) sum += Math.abs(value);
  if (Math.abs(sum - checksum) > 1e-4 * checksum)
    throw new IchorError({
      code: 'benchmarks/differs',
      reason: `channels add up to ${sum}, in numpy to ${checksum}`,
    });
}

function report(own: readonly number[], theirs: Record<Way, number[]>, rounds: number): string {
  const mine = median(own);
  const row = (name: string, seconds: number) =>
    `| ${name} | ${(seconds * 1000).toFixed(2)} | ${(seconds / mine).toFixed(1)} |`;
  return [
    `# ${title}`,
    `Policy 2 (brain, subdural, soft tissue, each minus its mean) of one slice of ${SIZE} x ${SIZE} stored 16-bit ` +
      `values to float32 channels; one thread, median of ${rounds} rounds in which the sides took turns; ` +
      `${os.cpus()[0]?.model ?? 'unknown processor'}.`,
    [
      '| way | ms a slice | times Ichor |',
      '| --- | ---: | ---: |',
      row('Ichor `applyWindows`', mine),
      ...(['masks', 'clip', 'in_place'] as const).map((way) =>
        row(`numpy: ${ways[way]}`, median(theirs[way])),
      ),
    ].join('\n'),
  ].join('\n\n');
}
