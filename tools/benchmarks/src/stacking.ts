import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { duelTrees } from './stacking/command-line.js';
import { duelFeatures } from './stacking/features.js';

export const title = 'Stacking: features compared with pandas, LightGBM with its command line, the full set';

const TRAIN = 752_803;
const TEST = 121_232;

/**
 * Without arguments all three; `features [slices models]`, `trees [slices rounds]` or `full [rounds]` one of them.
 * The full set takes about 10 GB.
 */
export async function run([part = 'all', ...numbers]: string[]): Promise<string> {
  const [first, second] = numbers.map(Number);
  const sections = [`# ${title}`];
  if (part === 'all' || part === 'features') sections.push(await features(first ?? 200_000, second ?? 8));
  if (part === 'all' || part === 'trees') sections.push(await trees(first ?? 100_000, second ?? 100));
  if (part === 'all' || part === 'full') sections.push(await full(first ?? 20));
  return sections.join('\n\n');
}

async function features(rows: number, models: number): Promise<string> {
  const duel = await duelFeatures(rows, models);
  const { feature, difference } = duel.worst;
  const { own, peer } = duel;
  const ratio = (pick: (timing: typeof own) => number) => `${(pick(peer) / pick(own)).toFixed(0)} times`;
  return [
    `## Features of ${models} models x 6 labels, ${rows} slices, ${duel.columns} columns`,
    '',
    '| | seconds | seconds of CPU |',
    '| --- | --: | --: |',
    `| pandas ${duel.pandas} (groupby, rolling) | ${peer.seconds.toFixed(1)} | ${peer.cpuSeconds.toFixed(1)} |`,
    `| @ichor/stacking (median of 4) | ${own.seconds.toFixed(2)} | ${own.cpuSeconds.toFixed(2)} |`,
    `| faster | ${ratio(({ seconds }) => seconds)} | ${ratio(({ cpuSeconds }) => cpuSeconds)} |`,
    '',
    `Largest difference between both: ${difference.toExponential(1)} (${feature}; relative above 1).`,
  ].join('\n');
}

async function trees(rows: number, rounds: number): Promise<string> {
  const duel = await duelTrees(rows, rounds);
  if (duel === undefined) return '## LightGBM\n\nNot built: npx nx run gbdt:build-lightgbm';
  const ratio = (duel.here / duel.commandLine).toFixed(2);
  return [
    `## LightGBM, ${rows} slices x ${duel.columns} columns, ${rounds} rounds, 2 threads`,
    '',
    '| | rounds, s | reading and binning, s |',
    '| --- | --: | --: |',
    `| its command line (reads text) | ${duel.commandLine.toFixed(2)} | ${duel.load.commandLine.toFixed(2)} |`,
    `| @ichor/gbdt (from memory) | ${duel.here.toFixed(2)} | ${duel.load.here.toFixed(2)} |`,
    '',
    `Ratio of the rounds ${ratio}; trees ${duel.sameTrees ? 'the same, character by character' : 'DIFFERENT'}.`,
  ].join('\n');
}

async function full(rounds: number): Promise<string> {
  const features = await fullPart('features', [TRAIN, TEST, 8, 0]);
  const fold = await fullPart('fold', [Math.round((TRAIN * 4) / 5), TEST, 8, rounds]);
  return [
    `## The full set: ${TRAIN} + ${TEST} slices, 8 models, 1536 columns`,
    '',
    'Each step ran in a separate process; times include the generation of the predictions.',
    '',
    ...features,
    '',
    'One fold of lgbm-stacking-1: four fifths of the training set, the whole test set.',
    '',
    ...fold,
  ].join('\n');
}

async function fullPart(part: 'features' | 'fold', numbers: readonly number[]): Promise<string[]> {
  const script = fileURLToPath(new URL('./stacking/full-size.js', import.meta.url));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script, part, ...numbers.map(String)]);
    const result = JSON.parse(stdout) as { seconds: Record<string, number>; peakMemory: number };
    return [
      '| step | seconds |',
      '| --- | --: |',
      ...Object.entries(result.seconds).map(([step, value]) => `| ${step} | ${value.toFixed(1)} |`),
      '',
      `Peak memory ${(result.peakMemory / 1e9).toFixed(1)} GB.`,
    ];
  } catch (error) {
    // The other sections are worth keeping.
    return [`Not finished: ${error instanceof Error ? error.message.trim() : String(error)}`];
  }
}
