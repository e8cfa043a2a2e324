import { readFileSync } from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { IchorError, present } from '@ichor/files';
import type { Operators } from '@ichor/runtime';
import { contests } from './engine/contests.js';
import { duel, type Result, type SideResult } from './engine/duel.js';
import { table } from './engine/markdown.js';
import { bestPeaks, measurePeaks, type Peak } from './engine/peak.js';
import { operatorsNamed } from './engine/operators-named.js';
import { positive } from './engine/positive.js';
import { withoutNamed } from './engine/without.js';

export const title = 'Training and inference on onnxruntime compared with PyTorch and OpenVINO';

/**
 * `--only ID,...`, `--mode train|infer`, `--size N`, `--without VARIANT,...` (torch.compile takes minutes; `int8` leaves out Ichor's inference in 8 bits,
 * `openvino-int8` that of OpenVINO),
 * `--operators public|native` (default public: what Ichor trains on), `--rounds N` (default 7), `--threads N` (default 2), `--limit SECONDS` (default 300: for each answer of a variant of the peer while it
 * is tried; a variant that takes longer is left out, and the report says so).
 * Needs a Python with torch, torchvision and openvino ($PYTHON, default python3), and nncf for OpenVINO in 8 bits.
 */
export async function run(args: string[]): Promise<string> {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      mode: { type: 'string' },
      size: { type: 'string' },
      without: { type: 'string' },
      operators: { type: 'string', default: 'public' },
      rounds: { type: 'string', default: '7' },
      threads: { type: 'string', default: '2' },
      limit: { type: 'string', default: '300' },
    },
  });
  const only = values.only?.split(',');
  const chosen = contests.filter(
    ({ id, mode, size }) =>
      (only === undefined || only.includes(id)) &&
      (values.mode === undefined || values.mode === mode) &&
      (values.size === undefined || values.size === String(size)),
  );
  if (chosen.length === 0) {
    throw new IchorError({
      code: 'benchmarks/nothing',
      reason: `nothing matches --only ${values.only ?? ''} --mode ${values.mode ?? ''} --size ${values.size ?? ''}`,
      remedy: `networks: ${[...new Set(contests.map(({ id }) => id))].join(', ')}; modes: train, infer`,
    });
  }
  const rounds = positive('rounds', values.rounds);
  const threads = positive('threads', values.threads);
  const limit = positive('limit', values.limit);
  const operators = operatorsNamed(values.operators);
  const without = withoutNamed(values.without);
  const before = os.loadavg()[0] ?? NaN;
  const peaks = await measurePeaks(threads);
  const results: Result[] = [];
  for (const contest of chosen) {
    const result = await duel(contest, {
      rounds,
      threads,
      without,
      limit,
      operators,
    });
    results.push(result);
    process.stderr.write(`${inShort(result)}\n`);
  }
  peaks.push(...(await measurePeaks(threads)));
  return report(results, bestPeaks(peaks), { rounds, threads, operators, before });
}

/** A line while the benchmark runs. */
function inShort({ mode, id, size, ichor, peer, eightBit, peerEightBit }: Result): string {
  const time = (who: string, { milliseconds }: SideResult) => `${who} ${milliseconds.toFixed(0)} ms`;
  return [
    `${mode} ${id} ${size}: ${time('Ichor', ichor)}`,
    time(`${peer.version} (${peer.variant})`, peer),
    `ratio ${(ichor.milliseconds / peer.milliseconds).toFixed(2)}`,
    `of processor time ${(ichor.processor / peer.processor).toFixed(2)}`,
    ...(eightBit === undefined ? [] : [time('Ichor in 8 bits', eightBit)]),
    ...(peerEightBit === undefined ? [] : [time('OpenVINO in 8 bits', peerEightBit)]),
  ].join(', ');
}

function report(
  results: readonly Result[],
  peaks: readonly Peak[],
  {
    rounds,
    threads,
    operators,
    before,
  }: {
    readonly rounds: number;
    readonly threads: number;
    readonly operators: Operators;
    readonly before: number;
  },
): string {
  const peak = present(peaks[0]);
  const section = (heading: string, mode: Result['mode']) => {
    const rows = results.filter((result) => result.mode === mode);
    return rows.length === 0 ? [] : [`## ${heading}`, table(rows, peak)];
  };
  return [
    `# ${title}`,
    `Batch 8, 3 channels, 6 classes, ${threads} threads each, median of ${rounds} rounds in which the two sides took turns; ` +
      `${os.cpus()[0]?.model ?? 'unknown processor'} (${processorFeatures()}), ${os.availableParallelism()} threads available. ` +
      `Peers: ${peers(results).join(', ')}. Ichor trains on ${operators} operators. ` +
      `Load average ${before.toFixed(1)} at the start, ${(os.loadavg()[0] ?? NaN).toFixed(1)} at the end.`,
    'The peer is the fastest float32 variant: PyTorch eager, with channels_last, compiled by torch.compile, and for ' +
      'inference OpenVINO. A first trial of three runs of each, alone, chooses it (columns "eager ms" to "bf16 ms"; bf16 is PyTorch ' +
      'under autocast, beside the contest). Ratios are Ichor over the peer, bold where the target is met in time and in ' +
      'processor time (all threads together, waiting in a spin included), which a busy machine distorts less. Memory is the ' +
      'largest resident set of a process that did nothing else; it is compared with the leanest variant of PyTorch that is ' +
      'within a tenth of the fastest one (target 1.1); "prepared MB" is that of Ichor when it opens the network as `ichor predict` does the second time, mapped from a file. Columns "int8": Ichor in 8 bits in the same rounds, over the same float32 peer and over OpenVINO in 8 bits (NNCF quantizes the same network by four batches of ' +
      'random images, its first convolutions too, which stay float32 in Ichor); what that costs predictions is measured for Ichor, by predict --eight-bit. Start is creation of the session and what the first run takes longer than the median.',
    `The ceiling in float32 is ${peak.gigaflops.toFixed(0)} GFLOP/s, the fastest of large operations that were tried at the start and at the end on ${threads} threads ` +
      `(${peaks.map(({ name, gigaflops }) => `${name} ${gigaflops.toFixed(0)}`).join('; ')}). "Share of peak" is what a run reached of it: multiplications and ` +
      'additions of the convolutions and dense layers of a batch, three times those of the forward pass in training, by the median time. On a busy machine the ceiling is too low. ' +
      "A ratio r is possible in float32 only where the peer's share is below r.",
    ...section('Training step (forward, backward, Adam)', 'train'),
    ...section('Inference', 'infer'),
    ...leftOut(results),
    'The networks in Python (`tools/benchmarks/peers/engine_networks.py`) give the logits of the parity fixtures. ' +
      'The machine is shared: compare within one row only.',
  ].join('\n\n');
}

/** Names with versions, each once. */
function peers(results: readonly Result[]): string[] {
  const all = results.flatMap(({ peer, peerEightBit }) => [peer, peerEightBit]);
  return [...new Set(all.flatMap((peer) => peer?.version ?? []))];
}

/** Which variants have no result, and how long torch.compile took where it has one. */
function leftOut(results: readonly Result[]): string[] {
  const compiled = results.flatMap(({ mode, id, size, variants }) =>
    variants
      .filter(({ variant }) => variant === 'compiled')
      .map(({ creation }) => `- ${mode} ${id} ${size}: compiled in ${(creation / 1000).toFixed(0)} s`),
  );
  const missing = results.flatMap((result) => result.leftOut.map((why) => `- ${why}`));
  const lines = [...compiled, ...missing];
  return lines.length === 0 ? [] : [`## Compilation, and variants left out\n\n${lines.join('\n')}`];
}

/** The vector instructions that decide how fast a network runs, as Linux names them. */
function processorFeatures(): string {
  const flags = /^flags\s*:(.*)$/m.exec(readText('/proc/cpuinfo') ?? '')?.[1]?.split(' ') ?? [];
  const known = ['avx2', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'amx_tile', 'amx_bf16', 'amx_int8'];
  const found = known.filter((name) => flags.includes(name));
  return found.length > 0 ? found.join(', ') : 'instruction sets unknown';
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
