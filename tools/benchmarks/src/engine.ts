import os from 'node:os';
import { parseArgs } from 'node:util';
import { IchorError } from '@ichor/files';
import { contests } from './engine/contests.js';
import { duel, type Result } from './engine/duel.js';
import { table } from './engine/markdown.js';

export const title = 'Training and inference on onnxruntime compared with PyTorch';

/**
 * `--only ID,...`, `--mode train|infer`, `--rounds N` (default 7), `--threads N` (default 2).
 * Needs a Python with torch and torchvision ($PYTHON, default python3).
 */
export async function run(args: string[]): Promise<string> {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      mode: { type: 'string' },
      rounds: { type: 'string', default: '7' },
      threads: { type: 'string', default: '2' },
    },
  });
  const only = values.only?.split(',');
  const chosen = contests.filter(
    ({ id, mode }) =>
      (only === undefined || only.includes(id)) && (values.mode === undefined || values.mode === mode),
  );
  if (chosen.length === 0) {
    throw new IchorError({
      code: 'benchmarks/nothing',
      reason: `nothing matches --only ${values.only ?? ''} --mode ${values.mode ?? ''}`,
      remedy: `networks: ${[...new Set(contests.map(({ id }) => id))].join(', ')}; modes: train, infer`,
    });
  }
  const rounds = positive('rounds', values.rounds);
  const threads = positive('threads', values.threads);
  const before = os.loadavg()[0] ?? NaN;
  const results: Result[] = [];
  for (const contest of chosen) {
    const result = await duel(contest, rounds, threads);
    results.push(result);
    const { ichor, pytorch } = result;
    process.stderr.write(
      `${contest.mode} ${contest.id} ${contest.size}: ${ichor.milliseconds.toFixed(0)} ms, PyTorch ${pytorch.milliseconds.toFixed(0)} ms, ratio ${(ichor.milliseconds / pytorch.milliseconds).toFixed(2)}, of processor time ${(ichor.processor / pytorch.processor).toFixed(2)}, of memory ${(ichor.bytes / pytorch.bytes).toFixed(2)}\n`,
    );
  }
  return report(results, rounds, threads, before);
}

function report(results: readonly Result[], rounds: number, threads: number, before: number): string {
  const section = (heading: string, mode: Result['mode']) => {
    const rows = results.filter((result) => result.mode === mode);
    return rows.length === 0 ? [] : [`## ${heading}`, table(rows)];
  };
  return [
    `# ${title}`,
    `Batch 8, 3 channels, 6 classes, ${threads} threads each, median of ${rounds} rounds in which the two sides took turns; ` +
      `${os.cpus()[0]?.model ?? 'unknown processor'}, ${os.availableParallelism()} threads available. ` +
      `Load average ${before.toFixed(1)} at the start, ${(os.loadavg()[0] ?? NaN).toFixed(1)} at the end. ` +
      'Ratios are Ichor over PyTorch, bold where the target is met in time and in processor time (all threads together, ' +
      'waiting in a spin included), which a busy machine distorts less. Memory is the largest resident set of a process ' +
      'that did nothing else. Start is creation of the session and what the first run takes longer than the median.',
    ...section('Training step (forward, backward, Adam)', 'train'),
    ...section('Inference', 'infer'),
    'PyTorch runs eagerly, in inference mode for inference; its networks (`tools/benchmarks/peers/engine_networks.py`) ' +
      'give the logits of the parity fixtures. The machine is shared: compare within one row only.',
  ].join('\n\n');
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new IchorError({
    code: 'benchmarks/option',
    reason: `--${name} ${text} is not a whole number above 0`,
  });
}
