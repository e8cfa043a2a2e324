import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { present } from '@ichor/files';
import { linkSet } from './preprocess/link-set.js';
import { median } from './preprocess/median.js';

export const title = 'Preprocessing compared with pydicom and numpy';

const execute = promisify(execFile);
const workspace = fileURLToPath(new URL('../../..', import.meta.url));
const program = join(workspace, 'apps', 'preprocess', 'dist', 'main.js');

/** Of the comparison with Python; enough that the start of the program does not count much. */
const SLICES = 4000;

interface Run {
  readonly seconds: number;
  readonly peakMiB: number;
}

/** The same slices with one worker and with two, round by round. */
interface Scaling {
  readonly slices: number;
  readonly one: Run[];
  readonly two: Run[];
}

/**
 * `--data ROOT` (default: a synthetic set of some 300 slices), `--rounds N` (default 3), `--slices N,N,...` (default
 * 4000,12500,50000). Needs a Python with pydicom and numpy ($PYTHON, default python3), and `taskset` for one core.
 */
export async function run(args: string[]): Promise<string> {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      slices: { type: 'string', default: '4000,12500,50000' },
    },
  });
  const rounds = Number(values.rounds);
  const work = await mkdtemp(join(os.tmpdir(), 'ichor-bench-preprocess-'));
  try {
    const data = values.data ?? (await makeSet(join(work, 'data')));
    const images = join(data, 'input', 'stage_2_train_images');
    const files = (await readdir(images)).length;
    const root = join(work, 'linked');
    await linkSet(images, root, SLICES);
    const own: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      own.push((await preprocess(root, 1, true)).seconds / SLICES);
      theirs.push((await pydicom(images)) / files);
    }
    await rm(root, { recursive: true });

    const scaling: Scaling[] = [];
    for (const slices of values.slices.split(',').map(Number)) {
      await linkSet(images, root, slices);
      const sides: Scaling = { slices, one: [], two: [] };
      for (let round = 0; round < rounds; round++) {
        sides.one.push(await preprocess(root, 1, false));
        sides.two.push(await preprocess(root, 2, false));
      }
      scaling.push(sides);
      await rm(root, { recursive: true });
    }
    return report(own, theirs, scaling, rounds);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function makeSet(root: string): Promise<string> {
  const phantom = join(workspace, 'libs', 'imaging', 'phantom', 'dist', 'main.js');
  const settings = ['--patients', '8', '--test-patients', '1', '--seed', '1'];
  await execute(process.execPath, [phantom, 'generate', '--out', root, ...settings], quiet);
  return root;
}

const quiet = { maxBuffer: 2 ** 26 };

/** The whole command, from its start to its end. */
async function preprocess(root: string, workers: number, pinned: boolean): Promise<Run> {
  const tables = join(root, 'intermediate_output', 'preprocessed_data');
  await rm(tables, { recursive: true, force: true });
  const command = [process.execPath, program, '--workers', String(workers), '--strict'];
  const [name = '', ...rest] = pinned ? ['taskset', '-c', '0', ...command] : command;
  const start = performance.now();
  await execute(name, rest, { ...quiet, env: { ...process.env, ICHOR_ROOT: root } });
  const seconds = (performance.now() - start) / 1000;
  const manifest: { peakMemory: number } = JSON.parse(await readFile(join(tables, 'manifest.json'), 'utf8'));
  return { seconds, peakMiB: manifest.peakMemory / 2 ** 20 };
}

/** Seconds for all files, without the start of Python. */
async function pydicom(folder: string): Promise<number> {
  const script = fileURLToPath(new URL('../peers/dicom.py', import.meta.url));
  const python = process.env['PYTHON'] ?? 'python3';
  const { stdout } = await execute('taskset', ['-c', '0', python, script, folder, '1'], quiet);
  const { seconds }: { seconds: number[] } = JSON.parse(stdout);
  return median(seconds);
}

function report(
  own: readonly number[],
  theirs: readonly number[],
  scaling: readonly Scaling[],
  rounds: number,
): string {
  const rate = (seconds: number) => (1 / seconds).toFixed(0);
  const ratios = own.map((seconds, i) => present(theirs[i]) / seconds);
  return [
    `# ${title}`,
    `Synthetic slices of 512 x 512, all attributes and the statistics of three views; ` +
      `${os.cpus()[0]?.model ?? 'unknown processor'}, ${os.availableParallelism()} threads available. ` +
      `Medians of ${rounds} rounds in which the sides took turns. Ichor is timed as the whole command, with its start, ` +
      `label file, tables and folds; pydicom and numpy without the start of Python and without tables.`,
    [
      `| one core each, ${SLICES.toLocaleString('en')} slices | slices/s |`,
      '| --- | ---: |',
      `| Ichor, one worker | ${rate(median(own))} |`,
      `| pydicom and numpy | ${rate(median(theirs))} |`,
      `| ratio (median of the rounds; lowest) | **${median(ratios).toFixed(1)}**; ${Math.min(...ratios).toFixed(1)} |`,
    ].join('\n'),
    'One worker and two, free to use every core: the main thread of one worker has a core to itself. What does not ' +
      'divide (the start of the program, the label file, the tables) weighs less the more slices there are. Hard links.',
    [
      '| slices | one worker, s | two workers, s | times as fast (lowest) | ms a slice, two workers | peak memory, MiB |',
      '| ---: | ---: | ---: | ---: | ---: | ---: |',
      ...scaling.map(scalingRow),
    ].join('\n'),
  ].join('\n\n');
}

function scalingRow({ slices, one, two }: Scaling): string {
  const seconds = (runs: readonly Run[]) => median(runs.map((run) => run.seconds));
  const speedups = one.map((run, i) => run.seconds / present(two[i]).seconds);
  const cells = [
    slices.toLocaleString('en'),
    seconds(one).toFixed(2),
    seconds(two).toFixed(2),
    `**${median(speedups).toFixed(2)}** (${Math.min(...speedups).toFixed(2)})`,
    ((seconds(two) / slices) * 1000).toFixed(3),
    Math.max(...two.map((run) => run.peakMiB)).toFixed(0),
  ];
  return `| ${cells.join(' | ')} |`;
}
