import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const program = fileURLToPath(new URL('../../../../apps/ichor/dist/main.js', import.meta.url));
const hook = new URL('./report-memory.js', import.meta.url).href;

export interface ProgramRun {
  readonly studies: number;
  readonly slices: number;
  /** From the start of the program to its end. */
  readonly seconds: number;
  readonly peakMiB: number;
}

/** The real `ichor predict`, with everything that it writes. */
export async function ichorPredict(
  input: string,
  bundle: string,
  out: string,
  threads: number,
): Promise<ProgramRun> {
  const options = ['--bundle', bundle, '--out', out, '--no-augment', '--threads', String(threads), '--json'];
  const start = performance.now();
  const { stderr } = await execute(
    process.execPath,
    ['--import', hook, program, 'predict', input, ...options],
    {
      maxBuffer: 2 ** 26,
    },
  );
  const seconds = (performance.now() - start) / 1000;
  const rows = (table: string) =>
    readFile(join(out, table), 'utf8').then((text) => text.trimEnd().split('\n').length - 1);
  return {
    studies: await rows('studies.csv'),
    slices: await rows('slices.csv'),
    seconds,
    peakMiB: Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024,
  };
}
