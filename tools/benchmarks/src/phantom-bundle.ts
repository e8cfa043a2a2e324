import { openBundle } from '@ichor/bundle';
import { IchorError, writeFileAtomic } from '@ichor/files';
import { planStudies, type Intake } from '@ichor/intake';
import { generateSet, parseVarieties, setLayout, type CohortOptions } from '@ichor/phantom';
import { phantomBundle } from '@ichor/phantom-bundle';
import { StudyPredictor } from '@ichor/predict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sheet, truthBesideHeat } from './phantom-bundle/picture.js';
import { PhantomScores } from './phantom-bundle/scores.js';

export const title = 'A bundle on synthetic heads of new seeds: AUC, calibration, where heat maps point';

type Pair = NonNullable<ReturnType<typeof truthBesideHeat>>;

/** Studies of each variety on the picture. */
const PICTURES = 5;

/** The kinds of heads that are tested by default: as the phantom draws them, and with everything that varies. */
const VARIETY = ['none', 'all'];

/**
 * `--bundle DIR` (default: the one that comes with Ichor), `--patients N` (default 100), `--seed N` (default 90001), `--size N`
 * (default 256), `--variety LIST` (default none, then all), `--threads N` (default 2),
 * `--picture FILE.png`: true bleeds above heat maps, of the first positive studies of each variety.
 */
export async function run(args: string[]): Promise<string> {
  const { values } = parseArgs({
    args,
    options: {
      bundle: { type: 'string', default: phantomBundle },
      patients: { type: 'string', default: '100' },
      seed: { type: 'string', default: '90001' },
      size: { type: 'string', default: '256' },
      variety: { type: 'string', multiple: true, default: VARIETY },
      threads: { type: 'string', default: '2' },
      picture: { type: 'string' },
    },
  });
  const parts: string[] = [];
  const pairs: Pair[] = [];
  for (const variety of values.variety) {
    const set: CohortOptions = {
      seed: Number(values.seed),
      patients: 0,
      testPatients: Number(values.patients),
      size: Number(values.size),
      prevalence: 0.5,
      varieties: parseVarieties(variety),
    };
    const scores = await scoresOn(set, values.bundle, Number(values.threads), pairs);
    const heading = `${scores.studies} studies of ${set.testPatients} patients, seed ${set.seed}, ${set.size} pixels, variety ${variety}`;
    parts.push(`## ${heading}\n\n${scores.table()}`);
  }
  if (values.picture !== undefined) await writeFileAtomic(values.picture, sheet(pairs));
  return `# ${title}\n\n${parts.join('\n\n')}\n`;
}

/** Makes the set, predicts it and compares it with what the phantom knows. */
async function scoresOn(
  set: CohortOptions,
  folder: string,
  threads: number,
  pairs: Pair[],
): Promise<PhantomScores> {
  const work = await mkdtemp(join(os.tmpdir(), 'ichor-bench-phantom-'));
  const bundle = await openBundle(folder);
  const predictor = new StudyPredictor(bundle, { augment: false, heatMaps: 'all', threads });
  try {
    await generateSet({ ...set, out: work, broken: false });
    const intake = await planStudies([setLayout(work).testImages]);
    refuseLoss(work, intake);
    const scores = new PhantomScores(bundle.manifest, set);
    let shown = 0;
    for (const plan of intake.studies) {
      const prediction = await predictor.predict(plan);
      scores.add(prediction);
      const pair = shown < PICTURES ? truthBesideHeat(prediction, set) : undefined;
      if (pair === undefined) continue;
      pairs.push(pair);
      shown++;
    }
    intake.close();
    return scores;
  } finally {
    await predictor.close();
    await rm(work, { recursive: true, force: true });
  }
}

/** A set of the phantom is readable as a whole: what the intake leaves out would make the scores those of another set. */
function refuseLoss(folder: string, { unfit, leftOut }: Intake): void {
  const [first] = [...unfit, ...leftOut];
  if (first === undefined) return;
  throw new IchorError({
    code: 'benchmarks/left-out',
    file: folder,
    reason: `${unfit.length} studies and ${leftOut.length} files of the set cannot be predicted, the first because: ${first.reason}`,
    remedy: 'choose a larger --size or another --variety, or correct the intake',
  });
}
