import { defineBaseModel, singleSliceFamily } from '@ichor/base-model';
import { createBundle } from '@ichor/bundle';
import { addSequence, makeRoot } from '@ichor/bundle/testing';
import { generateSet, setLayout } from '@ichor/phantom';
import { makeStacker, sequenceSettings } from '@ichor/stacking';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ichorPredict, type ProgramRun } from './predict/program.js';
import { median } from './preprocess/median.js';

export const title = 'Predicting one study with the recommended bundle: one network and its sequence model';

/** Length of the feature vectors of se_resnext50. */
const FEATURES = 2048;

/**
 * `--rounds N` (default 3), `--threads N` (default 2), `--image-size N` (default 256), `--beside BUNDLE` (another bundle, for the
 * same study). The weights are random: they do not decide the time. One study of about 30 slices of 512 x 512.
 */
export async function run(args: string[]): Promise<string> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '3' },
      threads: { type: 'string', default: '2' },
      'image-size': { type: 'string', default: '256' },
      beside: { type: 'string' },
    },
  });
  const work = await mkdtemp(join(os.tmpdir(), 'ichor-bench-recommended-'));
  try {
    const bundle = await recommended(work, Number(values['image-size']));
    const study = await studyOf(work);
    const bundles = [
      ['se_resnext50 and its sequence model', bundle],
      ...(values.beside === undefined ? [] : [[values.beside, values.beside] as const]),
    ] as const;
    const rows: string[] = [];
    for (const [name, folder] of bundles) {
      const runs: ProgramRun[] = [];
      for (let round = 0; round < Number(values.rounds); round++) {
        runs.push(
          await ichorPredict(study, folder, join(work, `${rows.length}-${round}`), {
            threads: Number(values.threads),
          }),
        );
      }
      const seconds = runs.map((one) => one.seconds);
      const peak = Math.max(...runs.map(({ peakMiB }) => peakMiB));
      rows.push(
        `| ${name} | ${runs[0]?.slices ?? 0} | ${median(seconds).toFixed(1)} | ${Math.max(...seconds).toFixed(1)} | ${peak.toFixed(0)} |`,
      );
    }
    return [
      `# ${title}`,
      '',
      `\`ichor predict --no-augment --threads ${values.threads}\` of slices of 512 x 512, the network at ${values['image-size']} pixels; ${values.rounds} rounds.`,
      '',
      '| bundle | slices | s, median | s, most | peak MiB |',
      '| --- | --- | --- | --- | --- |',
      ...rows,
    ].join('\n');
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function recommended(work: string, imageSize: number): Promise<string> {
  const { model } = defineBaseModel({
    ...singleSliceFamily,
    name: 'network',
    backbone: 'se_resnext50_32x4d',
    imageSize,
    features: true,
  });
  const paths = await makeRoot(join(work, 'root'), model);
  const stacker = makeStacker({
    ...sequenceSettings,
    name: 'sequence',
    inputs: [model.name],
    embeddings: [model.name],
  });
  if (stacker.kind !== 'sequence') throw new TypeError('made another stacker than a sequence model');
  await addSequence(paths, stacker, FEATURES);
  const out = join(work, 'bundle');
  await createBundle({ out, name: 'recommended', root: join(work, 'root'), final: stacker.name });
  return out;
}

/** One synthetic study of about thirty slices. */
async function studyOf(work: string): Promise<string> {
  const set = join(work, 'set');
  await generateSet({
    out: set,
    patients: 0,
    testPatients: 1,
    size: 512,
    seed: 3,
    sliceSpacing: 5,
    prevalence: 1,
    broken: false,
  });
  return setLayout(set).testImages;
}
