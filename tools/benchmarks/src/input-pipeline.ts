import { baseModelSchema, inputRecipe, Preparer, singleSliceFamily } from '@ichor/base-model';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { drawAugmentation } from '@ichor/augment';
import { RandomStream } from '@ichor/files/random';
import { IchorError } from '@ichor/files';
import { generateSet } from '@ichor/phantom';
import { median } from './preprocess/median.js';

export const title = 'Network input of a slice compared with pydicom, NumPy and OpenCV';

const size = 512;
const ways = {
  original: 'float64, boolean masks (as in the original pipeline)',
  tuned: 'float32, np.clip, in place',
} as const;
type Way = keyof typeof ways;
type Peer = Readonly<Record<Way, { readonly seconds: number; readonly checksum: number }>>;

const model = baseModelSchema.parse({
  ...singleSliceFamily,
  name: 'benchmark',
  backbone: 'se_resnext50_32x4d',
  imageSize: size,
});
const recipe = inputRecipe(model);

interface Slice {
  readonly id: string;
  readonly file: string;
}

/** `--rounds N` (default 7). Needs a Python with pydicom, numpy and cv2 ($PYTHON, default python3). */
export async function run(args: string[]): Promise<string> {
  const { values } = parseArgs({ args, options: { rounds: { type: 'string', default: '7' } } });
  const rounds = Number(values.rounds);
  const folder = await mkdtemp(join(os.tmpdir(), 'ichor-bench-input-'));
  try {
    const slices = await makeSlices(folder);
    const own: number[] = [];
    const theirs: Record<Way, number[]> = { original: [], tuned: [] };
    for (let round = 0; round < rounds; round++) {
      const ichor = await measure(slices);
      const peer = await runPeer(slices);
      own.push(ichor.seconds);
      for (const way of ['original', 'tuned'] as const) {
        theirs[way].push(peer[way].seconds);
        check(ichor.checksum, peer[way].checksum);
      }
    }
    return report(own, theirs, rounds, slices.length);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function makeSlices(folder: string): Promise<Slice[]> {
  await generateSet({
    out: folder,
    patients: 3,
    testPatients: 1,
    seed: 5,
    size,
    prevalence: 0.5,
    broken: false,
    workers: 2,
  });
  const images = join(folder, 'input', 'stage_2_train_images');
  const names = (await readdir(images)).filter((name) => name.endsWith('.dcm')).sort();
  return names.slice(0, 64).map((name) => ({ id: name.slice(0, -'.dcm'.length), file: join(images, name) }));
}

/** All slices twice before the clock runs, then once more. */
async function measure(slices: readonly Slice[]): Promise<{ seconds: number; checksum: number }> {
  const preparer = new Preparer(recipe);
  const output = new Float32Array(3 * size * size);
  let sum = 0;
  let start = process.cpuUsage();
  for (const pass of [0, 1, 2]) {
    if (pass === 2) start = process.cpuUsage();
    for (const { id, file } of slices) {
      await preparer.prepare({ id, files: [file], variants: [{ kind: 'train', epoch: 0 }] }, output, 0);
      if (pass === 2) sum += meanOfGrid(output);
    }
  }
  // Processor time, since the machine may be shared.
  const { user, system } = process.cpuUsage(start);
  return { seconds: (user + system) / 1e6 / slices.length, checksum: sum / slices.length };
}

/** Mean absolute value of every 64th pixel of every 64th row, as the peer takes it. */
function meanOfGrid(picture: Float32Array): number {
  let sum = 0;
  let count = 0;
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < size; y += 64) {
      for (let x = 0; x < size; x += 64) {
        sum += Math.abs(picture[(channel * size + y) * size + x]!);
        count++;
      }
    }
  }
  return sum / count;
}

/** The peer gets what was drawn for each slice, so that both do the same work. */
async function runPeer(slices: readonly Slice[]): Promise<Peer> {
  const work = slices.map(({ id }) => {
    const random = new RandomStream(model.seed, 'train', 0, id);
    const { geometry, contrast } = drawAugmentation(
      recipe.augmentation,
      { rows: size, columns: size },
      size,
      size,
      random,
    );
    return { crop: geometry.crop, flip: geometry.flipHorizontal, angle: geometry.angle, ...contrast };
  });
  const script = fileURLToPath(new URL('../peers/input_pipeline.py', import.meta.url));
  const python = process.env['PYTHON'] ?? 'python3';
  const child = spawn(python, ['-W', 'ignore', script], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(JSON.stringify({ size, files: slices.map(({ file }) => file), work }));
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) {
    throw new IchorError({
      code: 'benchmarks/peer',
      reason: `${python} ${script} failed: ${errors.trim().split('\n').at(-1) ?? ''}`,
      remedy: 'set PYTHON to a Python with pydicom, numpy and cv2',
    });
  }
  return JSON.parse(output) as Peer;
}

/** The same pictures but for the second interpolation that a rotation costs the peer. */
function check(own: number, theirs: number): void {
  if (Math.abs(own / theirs - 1) < 0.02) return;
  throw new IchorError({
    code: 'benchmarks/different-work',
    reason: `the mean absolute value of the pictures is ${own} here and ${theirs} there`,
  });
}

function report(
  own: readonly number[],
  theirs: Readonly<Record<Way, number[]>>,
  rounds: number,
  slices: number,
): string {
  const ours = median(own) * 1000;
  const rows = (['original', 'tuned'] as const).map((way) => {
    const peer = median(theirs[way]) * 1000;
    return `| ${ways[way]} | ${peer.toFixed(2)} | ${ours.toFixed(2)} | ${(peer / ours).toFixed(1)} |`;
  });
  return [
    `# ${title}`,
    `${slices} slices of ${size} x ${size} (uncompressed DICOM in the page cache), one thread each, processor time, median of ${rounds} rounds in which ` +
      `the two sides took turns; ${os.cpus()[0]?.model ?? 'unknown processor'}. Read the file, three windows, each minus its mean, ` +
      'random crop to 512, flip, rotation, brightness and contrast, float32 channel by channel; the same draws on both sides.',
    [
      '| the Python way | Python, ms a slice | Ichor, ms a slice | Python / Ichor |',
      '| --- | ---: | ---: | ---: |',
      ...rows,
    ].join('\n'),
  ].join('\n\n');
}
