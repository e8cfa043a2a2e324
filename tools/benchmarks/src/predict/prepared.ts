import { join, resolve } from 'node:path';
import { ichorPredict, type ProgramRun } from './program.js';

/** How the networks of a bundle are opened. */
const ways = {
  files: 'from the files of the bundle',
  made: 'for the first time: from the files, prepared after the results',
  found: 'prepared',
} as const;

interface PreparedRun {
  readonly way: keyof typeof ways;
  readonly run: ProgramRun;
}

/** `ichor predict` of each folder with a bundle, whose networks are prepared or not. */
export async function withAndWithoutPrepared(
  work: string,
  bundle: string,
  inputs: readonly string[],
  threads: number,
  rounds: number,
): Promise<PreparedRun[]> {
  const runs: PreparedRun[] = [];
  const measure = async (way: keyof typeof ways, input: string) => {
    const out = join(work, `prepared-${runs.length}`);
    const cache = way === 'files' ? {} : { cache: join(work, 'cache') };
    const run = await ichorPredict(resolve(input), resolve(bundle), out, { threads, ...cache });
    process.stderr.write(`${run.studies} studies, ${ways[way]}: ${run.seconds.toFixed(1)} s\n`);
    runs.push({ way, run });
  };
  for (const [index, input] of inputs.entries()) {
    if (index === 0) await measure('made', input);
    for (let round = 0; round < rounds; round++) {
      await measure('files', input);
      await measure('found', input);
    }
  }
  return runs;
}

export function preparedTable(runs: readonly PreparedRun[]): string {
  return [
    '| networks are opened | studies | slices | results, s | whole command, s | processor time, s | peak memory, MiB | longest pause, ms |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...runs.map(
      ({ way, run }) =>
        `| ${ways[way]} | ${run.studies} | ${run.slices} | ${run.resultSeconds.toFixed(2)} | ${run.seconds.toFixed(2)} | ${run.processorSeconds.toFixed(1)} | ${run.peakMiB.toFixed(0)} | ${run.pause.toFixed(0)} |`,
    ),
  ].join('\n');
}
