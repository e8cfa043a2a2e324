import { type BaseModel, defineBaseModel, singleSliceFamily } from '@ichor/base-model';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createBundle } from '@ichor/bundle';
import { makeRoot, smallModel } from '@ichor/bundle/testing';
import { present } from '@ichor/files';
import { generateSet, setLayout } from '@ichor/phantom';
import { EngineProcess } from './engine/engine-process.js';
import { manyStudies } from './predict/many-studies.js';
import { preparedTable, withAndWithoutPrepared } from './predict/prepared.js';
import { ichorPredict, type ProgramRun } from './predict/program.js';
import { median } from './preprocess/median.js';

export const title =
  'Predicting studies compared with the forward passes of PyTorch; memory for one study and for many';

const BACKBONE = 'se_resnext50_32x4d';
const SIZE = 512;
const BATCH = 8;

/** Time of `ichor predict` on a study over that of PyTorch's forward passes alone. */
const TARGET = 0.7;

/** Patients whose studies are copied to make as many as memory is measured on. */
const PATIENTS = 4;

/**
 * `--rounds N` (default 3; 0 leaves the comparison out), `--threads N` (default 2), `--studies N` (default 200; 15 MB of
 * disk each, and as much for their results; 0 leaves them out), `--size N` (default 512: rows and columns of those studies).
 * Needs a Python with torch and torchvision ($PYTHON, default python3).
 *
 * `--bundle FOLDER --input FOLDER` (once or more): how long this bundle takes for these studies, with prepared networks and without;
 * needs as much disk again as the bundle takes.
 */
export async function run(args: string[]): Promise<string> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '3' },
      threads: { type: 'string', default: '2' },
      studies: { type: 'string', default: '200' },
      size: { type: 'string', default: '512' },
      bundle: { type: 'string' },
      input: { type: 'string', multiple: true, default: [] },
    },
  });
  const threads = Number(values.threads);
  const work = await mkdtemp(join(os.tmpdir(), 'ichor-bench-predict-'));
  try {
    const rounds = Number(values.rounds);
    const times = rounds > 0 ? await besidePyTorch(work, rounds, threads) : undefined;
    const size = Number(values.size);
    const studies = Number(values.studies);
    const memory = studies > 0 ? await atManyStudies(work, studies, size, threads) : [];
    const prepared =
      values.bundle === undefined
        ? []
        : await withAndWithoutPrepared(work, values.bundle, values.input, threads, Math.max(1, rounds));
    return report({ times, memory, prepared, size, threads });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

interface Times {
  /** Seconds. */
  readonly ichor: readonly number[];
  readonly pytorch: readonly number[];
  readonly slices: number;
  readonly peakMiB: number;
}

/** One study of 512 x 512 by one network, the sides in turn. */
async function besidePyTorch(work: string, rounds: number, threads: number): Promise<Times> {
  const { model } = defineBaseModel({
    ...singleSliceFamily,
    name: 'benchmark',
    backbone: BACKBONE,
    imageSize: SIZE,
    configurations: {},
  });
  const bundle = await randomBundle(join(work, 'large'), model);
  const images = await phantoms(join(work, 'study'), 1, SIZE);
  const slices = (await readdir(images)).length;
  const batches = Math.ceil(slices / BATCH);
  const side = EngineProcess.peer();
  const ichor: number[] = [];
  const pytorch: number[] = [];
  let peakMiB = 0;
  try {
    await side.ask({
      command: 'open',
      id: BACKBONE,
      mode: 'infer',
      batch: BATCH,
      size: SIZE,
      threads,
      variant: 'channels-last',
    });
    await side.ask({ command: 'run' });
    for (let round = 0; round < rounds; round++) {
      const mine = await ichorPredict(images, bundle, join(work, `round-${round}`), { threads });
      ichor.push(mine.seconds);
      peakMiB = Math.max(peakMiB, mine.peakMiB);
      let milliseconds = 0;
      for (let batch = 0; batch < batches; batch++)
        milliseconds += await side.milliseconds({ command: 'run' });
      // Its last batch is full, ours is not.
      pytorch.push((milliseconds / 1000) * (slices / (batches * BATCH)));
      process.stderr.write(
        `${slices} slices: ${mine.seconds.toFixed(1)} s, PyTorch ${present(pytorch.at(-1)).toFixed(1)} s, ${mine.peakMiB.toFixed(0)} MiB\n`,
      );
    }
  } finally {
    await side.close();
  }
  return { ichor, pytorch, slices, peakMiB };
}

/** Full slices and all outputs, but a small network: the network only changes the time, not the memory that grows with the studies. */
async function atManyStudies(
  work: string,
  studies: number,
  size: number,
  threads: number,
): Promise<ProgramRun[]> {
  const bundle = await randomBundle(join(work, 'small'), smallModel);
  const images = await phantoms(join(work, 'studies'), PATIENTS, size);
  const runs: ProgramRun[] = [];
  for (const count of [1, 20, studies]) {
    const out = join(work, `out-${count}`);
    const input = join(work, `input-${count}`);
    await manyStudies(images, input, count);
    const run = await ichorPredict(input, bundle, out, { threads });
    await rm(input, { recursive: true });
    await rm(out, { recursive: true });
    process.stderr.write(
      `${run.studies} studies: ${run.seconds.toFixed(1)} s, ${run.peakMiB.toFixed(0)} MiB\n`,
    );
    runs.push(run);
  }
  return runs;
}

async function phantoms(out: string, patients: number, size: number): Promise<string> {
  await generateSet({
    out,
    patients,
    testPatients: 0,
    seed: 7,
    size,
    prevalence: 0.5,
    broken: false,
  });
  return setLayout(out).trainImages;
}

/** Random weights: what a network has learned does not change its time. */
async function randomBundle(folder: string, model: BaseModel): Promise<string> {
  const root = join(folder, 'root');
  await makeRoot(root, model);
  const out = join(folder, 'bundle');
  await createBundle({ out, name: 'benchmark', root });
  return out;
}

interface Measured {
  readonly times: Times | undefined;
  readonly memory: readonly ProgramRun[];
  readonly prepared: Awaited<ReturnType<typeof withAndWithoutPrepared>>;
  readonly size: number;
  readonly threads: number;
}

function report({ times, memory, prepared, size, threads }: Measured): string {
  return [
    `# ${title}`,
    `${os.cpus()[0]?.model ?? 'unknown processor'}, ${os.availableParallelism()} threads available, ${threads} used. ` +
      'The machine is shared: compare within one table only.',
    ...(times ? comparison(times) : []),
    ...(memory.length > 0 ? manyStudiesSection(memory, size) : []),
    ...(prepared.length > 0 ? ['## Networks prepared for this machine', preparedTable(prepared)] : []),
  ].join('\n\n');
}

function manyStudiesSection(memory: readonly ProgramRun[], size: number): string[] {
  const [one] = memory;
  return [
    '## Many studies',
    `Slices of ${size} x ${size}, efficientnet-b0 at 32 x 32, everything written; the whole command. The pause is the longest time in ` +
      'which its event loop stood still.',
    [
      '| studies | slices | s | s a study | peak memory, MiB | over one study | longest pause, ms |',
      '| ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
      ...memory.map(
        (run) =>
          `| ${run.studies} | ${run.slices} | ${run.seconds.toFixed(1)} | ${(run.seconds / run.studies).toFixed(2)} | ${run.peakMiB.toFixed(0)} | ${(run.peakMiB / present(one).peakMiB).toFixed(2)} | ${run.pause.toFixed(0)} |`,
      ),
    ].join('\n'),
  ];
}

function comparison({ ichor, pytorch, slices, peakMiB }: Times): string[] {
  const ratios = ichor.map((seconds, i) => seconds / present(pytorch[i]));
  const ratio = median(ratios);
  const shown = ratio <= TARGET ? `**${ratio.toFixed(2)}**` : ratio.toFixed(2);
  return [
    `## One study of ${slices} slices, ${BACKBONE} at ${SIZE} x ${SIZE}`,
    `Medians of ${ichor.length} rounds in which the sides took turns. Ichor is the whole command \`ichor predict --no-augment\`, ` +
      'with its start, the check of the bundle, reading, windowing, heat maps, the page, the structured report and the ' +
      'key image; PyTorch is the forward passes of random images of that size, batch 8, already in memory.',
    [
      '| | s a study | ms a slice |',
      '| --- | ---: | ---: |',
      row('Ichor', ichor, slices),
      row('PyTorch', pytorch, slices),
      `| ratio (median of the rounds; range); target ${TARGET} | ${shown}; ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)} | |`,
    ].join('\n'),
    `Peak memory of \`ichor predict\` there: ${peakMiB.toFixed(0)} MiB.`,
  ];
}

function row(name: string, seconds: readonly number[], slices: number): string {
  const middle = median(seconds);
  return `| ${name} | ${middle.toFixed(2)} | ${((middle / slices) * 1000).toFixed(0)} |`;
}
