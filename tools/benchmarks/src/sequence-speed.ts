import { present } from '@ichor/files';
import { initialize, uniformStream, type Tensor } from '@ichor/nn';
import { createEngine } from '@ichor/runtime';
import { sequenceNetwork } from '@ichor/stacking/testing';
import { LABELS } from '@ichor/tables';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { median } from './preprocess/median.js';

export const title = 'Training the sequence model compared with nn.GRU of PyTorch';

const execute = promisify(execFile);

/** The default settings: six logits and 64 directions of the feature vectors of a slice. */
const shape = { columns: 70, width: 256, hidden: 128, layers: 2, attention: 64 };
const [BATCH, SLICES, WARM_UP] = [32, 48, 3];
const STUDIES = 1000;

interface Measured {
  readonly milliseconds: readonly number[];
  readonly peakMiB: number;
}

/**
 * `--rounds N` (default 3), `--steps N` (default 8: steps of a round), `--threads N` (default 2). The same batch in both:
 * 32 series of 48 slices. Needs a Python with torch ($PYTHON, default python3). Memory: a process each, the peak.
 */
export async function run(args: string[]): Promise<string> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '3' },
      steps: { type: 'string', default: '8' },
      threads: { type: 'string', default: '2' },
    },
  });
  const [rounds, steps, threads] = [values.rounds, values.steps, values.threads].map(Number);
  const times: { readonly ichor: Measured; readonly pytorch: Measured }[] = [];
  for (let round = 0; round < present(rounds); round++) {
    const sizes = { steps: present(steps), threads: present(threads) };
    times.push({ ichor: await ichor(sizes), pytorch: await pytorch(sizes) });
  }
  const row = (name: string, of: readonly Measured[]) => {
    const step = median(of.flatMap(({ milliseconds }) => milliseconds));
    const seconds = (step * STUDIES) / BATCH / 1000;
    const peak = Math.max(...of.map(({ peakMiB }) => peakMiB));
    return `| ${name} | ${step.toFixed(1)} | ${seconds.toFixed(2)} | ${peak.toFixed(0)} |`;
  };
  const ratio = median(times.map((one) => median(one.ichor.milliseconds) / median(one.pytorch.milliseconds)));
  return [
    `# ${title}`,
    '',
    `${BATCH} series of ${SLICES} slices a step, ${threads} threads, median of ${rounds} rounds of ${steps} steps.`,
    '',
    `| | ms a step | s an epoch of ${STUDIES} studies | peak of the process, MiB |`,
    '| --- | --- | --- | --- |',
    row(
      'Ichor',
      times.map(({ ichor: one }) => one),
    ),
    row(
      'PyTorch',
      times.map(({ pytorch: one }) => one),
    ),
    '',
    `Time of Ichor over that of PyTorch, median of the rounds: ${ratio.toFixed(2)}.`,
  ].join('\n');
}

interface Sizes {
  readonly steps: number;
  readonly threads: number;
}

async function ichor({ steps, threads }: Sizes): Promise<Measured> {
  const engine = await createEngine('onnxruntime', { provider: 'cpu', threads });
  const { columns, ...sizes } = shape;
  const network = sequenceNetwork({ ...sizes, dropout: 0.2, noise: 0.05, dropSlices: 0.05 }, columns, SLICES);
  const session = await engine.training(network, initialize(network, 0), {
    loss: { kind: 'bce', weighted: true },
    optimizer: { kind: 'adamw', weightDecay: 1e-2, decayOf: 'weights' },
  });
  const uniform = uniformStream(1);
  const random = (...extents: number[]): Tensor => ({
    shape: extents,
    data: Float32Array.from({ length: extents.reduce((a, b) => a * b, 1) }, () => 2 * uniform() - 1),
  });
  const outputs = (SLICES + 2) * LABELS.length;
  const batch = {
    inputs: {
      sequence: random(BATCH, SLICES, columns),
      place: random(BATCH, SLICES, 4),
      mask: { shape: [BATCH, SLICES], data: new Float32Array(BATCH * SLICES).fill(1) },
      networks: random(BATCH, SLICES, LABELS.length),
      score: random(BATCH, LABELS.length),
    },
    targets: {
      shape: [BATCH, outputs],
      data: random(BATCH * outputs).data.map((value) => Number(value > 0.8)),
    },
    weights: {
      shape: [BATCH, outputs],
      data: new Float32Array(BATCH * outputs).fill(1 / (BATCH * outputs)),
    },
  };
  const milliseconds: number[] = [];
  for (let step = 0; step < WARM_UP + steps; step++) {
    const start = performance.now();
    await session.step(batch, { learningRate: 1e-3 });
    if (step >= WARM_UP) milliseconds.push(performance.now() - start);
  }
  await session.dispose();
  return { milliseconds, peakMiB: process.resourceUsage().maxRSS / 1024 };
}

async function pytorch({ steps, threads }: Sizes): Promise<Measured> {
  const config = { ...shape, batch: BATCH, slices: SLICES, warmUp: WARM_UP, steps, threads };
  const script = fileURLToPath(new URL('../peers/sequence.py', import.meta.url));
  const { stdout } = await execute(process.env['PYTHON'] ?? 'python3', [script, JSON.stringify(config)]);
  return JSON.parse(stdout) as Measured;
}
