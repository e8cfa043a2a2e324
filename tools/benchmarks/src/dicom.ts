import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import {
  fileWindow,
  histogram,
  rescaleOf,
  storedStatistics,
  windowStatistics,
  type Statistics,
} from '@ichor/dicom';
import { FileBuffer, readDicomSync } from '@ichor/dicom/node';
import { brainWindow } from '@ichor/windowing';
import { IchorError } from '@ichor/files';
import { writeSlices } from './dicom/slices.js';

export const title = 'Reading DICOM slices compared with pydicom and numpy';

interface Peer {
  readonly seconds: number[];
  readonly attributes: number[];
  readonly figures: number[][];
}

/**
 * `--data DIR` (default: 100 made slices like those of the Kaggle set), `--rounds N` (default 7).
 * Needs a Python with pydicom and numpy ($PYTHON, default python3).
 */
export async function run(args: string[]): Promise<string> {
  const { values } = parseArgs({
    args,
    options: { data: { type: 'string' }, rounds: { type: 'string', default: '7' } },
  });
  const rounds = Number(values.rounds);
  const made = values.data === undefined ? await mkdtemp(join(os.tmpdir(), 'ichor-bench-dicom-')) : undefined;
  const folder = values.data ?? made ?? '';
  try {
    if (made !== undefined) await writeSlices(made, 100);
    const paths = (await readdir(folder)).filter((name) => name.endsWith('.dcm')).sort();
    const own: number[] = [];
    const theirs: number[] = [];
    let figures: number[][] = [];
    let peer: Peer | undefined;
    await readAll(folder, paths);
    for (let round = 0; round < rounds; round++) {
      const start = performance.now();
      figures = await readAll(folder, paths);
      own.push((performance.now() - start) / 1000);
      peer = await runPeer(folder);
      theirs.push(...peer.seconds);
    }
    compare(paths, figures, peer?.figures ?? []);
    return report(paths.length, peer?.attributes[0] ?? 0, own, theirs, values.data);
  } finally {
    if (made !== undefined) await rm(made, { recursive: true });
  }
}

/** Per slice: all attributes as plain values, and max, min, mean, range of three views. */
async function readAll(folder: string, paths: readonly string[]): Promise<number[][]> {
  const buffer = new FileBuffer();
  const rows: number[][] = [];
  for (const path of paths) {
    const file = readDicomSync(join(folder, path), { buffer });
    file.values();
    const rescale = rescaleOf(file.attributes);
    const counted = histogram((await file.pixels()).data);
    rows.push([
      ...flat(storedStatistics(counted)),
      ...flat(windowStatistics(counted, rescale, fileWindow(file.attributes) ?? brainWindow)),
      ...flat(windowStatistics(counted, rescale, brainWindow)),
    ]);
  }
  return rows;
}

function flat({ max, min, mean, range }: Statistics): number[] {
  return [max, min, mean, range];
}

async function runPeer(folder: string): Promise<Peer> {
  const script = fileURLToPath(new URL('../peers/dicom.py', import.meta.url));
  const { stdout } = await promisify(execFile)(process.env['PYTHON'] ?? 'python3', [script, folder, '1'], {
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout) as Peer;
}

/** Speed counts only when the same figures come out. */
function compare(paths: readonly string[], ours: number[][], theirs: number[][]): void {
  ours.forEach((row, i) => {
    row.forEach((value, k) => {
      const other = theirs[i]?.[k] ?? NaN;
      if (!(Math.abs(value - other) <= 1e-9 * Math.max(1, Math.abs(other)))) {
        throw new IchorError({
          code: 'benchmarks/differs',
          reason: `${paths[i] ?? ''}: figure ${k} is ${value}, pydicom and numpy give ${other}`,
        });
      }
    });
  });
}

function report(
  slices: number,
  attributes: number,
  own: readonly number[],
  theirs: readonly number[],
  data: string | undefined,
): string {
  const a = median(own) / slices;
  const b = median(theirs) / slices;
  const row = (name: string, seconds: number) =>
    `| ${name} | ${(seconds * 1000).toFixed(2)} | ${Math.round(1 / seconds)} |`;
  return [
    `# ${title}`,
    `${slices} slices${data === undefined ? ' of 512 x 512, 16 bits, uncompressed, made for this run' : ''}, ` +
      `${attributes} attributes each. Both sides read the file, take every attribute but the pixels as plain values, and ` +
      'compute max, min, mean and range of the stored values, of the file’s own window and of the brain window; the ' +
      'figures were equal. One core each, median of ' +
      `${own.length} rounds in which the two sides took turns; ${os.cpus()[0]?.model ?? 'unknown processor'}.`,
    [
      '| | ms a slice | slices a second |',
      '| --- | ---: | ---: |',
      row('Ichor', a),
      row('pydicom + numpy', b),
    ].join('\n'),
    `Ichor is **${(b / a).toFixed(1)} times** as fast (at least 5 times is the aim).`,
  ].join('\n\n');
}

function median(values: readonly number[]): number {
  return [...values].sort((x, y) => x - y)[values.length >> 1] ?? NaN;
}
