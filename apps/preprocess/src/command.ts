import { availableParallelism } from 'node:os';
import { defineCommand, readManifest } from '@ichor/cli';
import { layout } from '@ichor/tables/layout';
import { z } from 'zod';
import { defaults } from './config.js';
import { ReaderPool } from './reader-pool.js';
import { readersNeeded } from './readers-needed.js';

/** Exit code of a run that went through, but could not read every file. */
export const SOME_UNREADABLE = 3;

export const preprocessCommand = defineCommand({
  name: 'preprocess',
  summary: 'Reads the DICOM files of input/ and writes tables, targets and folds.',
  description:
    'Reads input/stage_2_train.csv and the slices of input/stage_2_train_images and input/stage_2_test_images ' +
    'under ICHOR_ROOT (default: the workspace) and writes intermediate_output/preprocessed_data/*.arrow. ' +
    'A stopped run resumes where it stopped. Files that cannot be read are reported and left out: ' +
    `the run ends with exit code ${SOME_UNREADABLE} then. Not a medical device.`,
  options: {
    workers: z.number().int().min(1).default(availableParallelism()).describe('Threads that read slices'),
    folds: z.number().int().min(2).max(127).default(defaults.folds).describe('Number of folds'),
    seed: z.number().int().default(defaults.seed).describe('Seed of the draw of the folds'),
    minBrainRange: z
      .number()
      .default(defaults.minBrainRange)
      .describe('Leave out slices whose brain-window range is not above this, in HU'),
    keepTestSlices: z.boolean().describe('Keep test slices without brain too'),
    fresh: z.boolean().describe('Read all files again, also those that an earlier run has read'),
    redraw: z
      .boolean()
      .describe(
        'Replace tables of other folds, another seed or other slices; trained folds belong to the old draw then',
      ),
    strict: z.boolean().describe('Stop at the first file that cannot be read'),
    allowUnreadable: z.boolean().describe('End with exit code 0 even if some files cannot be read'),
    plan: z.boolean().describe('Only say what would be read, with time and disk of this machine'),
    json: z.boolean().describe('Print the manifest of the run'),
    config: z
      .enum(['standard', 'demo'])
      .default('standard')
      .describe('Named settings; both have the same effect here'),
  },
  examples: [
    { command: 'preprocess --workers 8', does: 'read with eight threads' },
    { command: 'preprocess --strict', does: 'stop at the first bad file' },
  ],
  async run(options, { signal, terminal, print }) {
    const { allowUnreadable, workers, folds, seed, minBrainRange, keepTestSlices, fresh, redraw, strict } =
      options;
    const { chunkSlices } = defaults;
    const files = layout();
    if (options.plan) {
      const { planPreprocess, preprocessPlanText } = await import('./plan.js');
      const plan = await planPreprocess(files, { workers, fresh });
      print(options.json ? JSON.stringify(plan, null, 2) : preprocessPlanText(plan));
      return 0;
    }
    const readers = new ReaderPool(workers);
    let unreadable: number;
    try {
      readers.grow(await readersNeeded(files, { fresh, chunkSlices }));
      // After the threads were started, so that all load their modules in parallel.
      const { manifestPath, preprocess } = await import('./preprocess.js');
      const result = await preprocess(
        files,
        { workers, folds, seed, minBrainRange, keepTestSlices, fresh, redraw, strict, chunkSlices },
        { signal, terminal, readers },
      );
      print(options.json ? JSON.stringify(await readManifest(manifestPath(files)), null, 2) : result.summary);
      unreadable = result.unreadable;
    } finally {
      await readers.close();
    }
    if (unreadable === 0) return 0;
    terminal.print(
      `${unreadable} files could not be read; manifest.json in the folder of the tables names them. ` +
        'After repairing them, run the same command again. ' +
        (allowUnreadable ? '' : '--allow-unreadable ends with exit code 0 all the same.'),
    );
    return allowUnreadable ? 0 : SOME_UNREADABLE;
  },
});
