import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const program = fileURLToPath(new URL('../../../../apps/ichor/dist/main.js', import.meta.url));
const hook = new URL('./report-load.js', import.meta.url).href;

export interface ProgramRun {
  readonly studies: number;
  readonly slices: number;
  /** From the start of the program to its end. */
  readonly seconds: number;
  /** Until the results are complete: networks may be prepared after them. */
  readonly resultSeconds: number;
  readonly processorSeconds: number;
  readonly peakMiB: number;
  /** Longest time in which the program could not answer to a signal, milliseconds. */
  readonly pause: number;
}

interface ProgramOptions {
  readonly threads: number;
  /** Folder of prepared networks; without it the networks are opened from the files of the bundle. */
  readonly cache?: string;
}

/** The real `ichor predict`, with everything that it writes. */
export async function ichorPredict(
  input: string,
  bundle: string,
  out: string,
  { threads, cache }: ProgramOptions,
): Promise<ProgramRun> {
  const options = ['--bundle', bundle, '--out', out, '--no-augment', '--threads', String(threads), '--json'];
  if (cache === undefined) options.push('--no-cache');
  const start = performance.now();
  let resultSeconds = NaN;
  const running = execute(process.execPath, ['--import', hook, program, 'predict', input, ...options], {
    maxBuffer: 2 ** 26,
    env: { ...process.env, ...(cache === undefined ? {} : { ICHOR_CACHE: cache }) },
  });
  running.child.stdout?.once('data', () => (resultSeconds = (performance.now() - start) / 1000));
  const { stderr } = await running;
  const seconds = (performance.now() - start) / 1000;
  const rows = (table: string) =>
    readFile(join(out, table), 'utf8').then((text) => text.trimEnd().split('\n').length - 1);
  const [, peak, processor, pause] = /load (\S+) (\S+) (\S+)/.exec(stderr) ?? [];
  return {
    studies: await rows('studies.csv'),
    slices: await rows('slices.csv'),
    seconds,
    resultSeconds,
    processorSeconds: Number(processor),
    peakMiB: Number(peak) / 1024,
    pause: Number(pause),
  };
}
