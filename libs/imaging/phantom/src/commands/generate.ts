import { resolve } from 'node:path';
import { defineCommand, formatNumber, INTERRUPTED, Progress } from '@ichor/cli';
import { IchorError } from '@ichor/files';
import { z } from 'zod';
import { parseVarieties, VARIETIES } from '../head/variation.js';
import { generateSet } from '../cohort/generate.js';

export const generateCommand = defineCommand({
  name: 'ichor-phantom generate',
  summary:
    'Makes a synthetic set: DIR/input in the Kaggle layout, DIR/truth with the labels of the test set.',
  description:
    'The same seed gives the same bytes with any number of workers. About 30 slices per study, ' +
    '0.5 MB each at 512 x 512. Synthetic: no substitute for patients in any statement about patients.',
  options: {
    out: z.string().min(1).describe('Folder to create; set ICHOR_ROOT to it later'),
    patients: z.number().int().min(1).default(40).describe('Patients in the training set'),
    testPatients: z.number().int().min(0).default(10).describe('Patients in the test set'),
    seed: z.number().int().min(0).default(1).describe('Seed of the set'),
    size: z.number().int().min(32).max(1024).default(512).describe('Rows and columns of the images'),
    prevalence: z.number().min(0).max(1).default(0.5).describe('Share of patients with a bleed'),
    sliceSpacing: z
      .number()
      .min(1)
      .max(50)
      .optional()
      .describe('Distance between slices in mm; default: their thickness, 4 to 6'),
    bleedSize: z
      .number()
      .min(0.25)
      .max(4)
      .optional()
      .describe('Factor of the extent of every bleed; larger is easier to see'),
    variety: z
      .string()
      .default('none')
      .describe(`Deviations from the average head: ${VARIETIES.join(', ')} (commas), all or none`),
    background: z.string().min(1).optional().describe('Folder of a real head CT to put the bleeds into'),
    broken: z.boolean().describe('Add a few files that cannot be read'),
    workers: z.number().int().min(1).optional().describe('Threads; default one per core'),
    overwrite: z.boolean().describe('Replace a set that is already there'),
    json: z.boolean().describe('Print JSON'),
  },
  examples: [
    {
      command: 'ichor-phantom generate --out demo --patients 40 --test-patients 10 --seed 1',
      does: 'a small set',
    },
    {
      command: 'ichor-phantom generate --out demo --size 128 --broken',
      does: 'small images, some of them broken',
    },
  ],
  async run({ out, workers, background, json, variety, ...options }, { print, signal, terminal }) {
    const fromHere = (path: string) => resolve(process.env['INIT_CWD'] ?? '.', path);
    const folder = fromHere(out);
    const total = options.patients + options.testPatients;
    const progress = new Progress({ label: 'phantom', total, unit: 'patients', terminal });
    let slices = 0;
    const set = await generateSet({
      ...options,
      varieties: parseVarieties(variety),
      ...(workers === undefined ? {} : { workers }),
      ...(background === undefined ? {} : { background: fromHere(background) }),
      out: folder,
      signal,
      onPatient(count) {
        slices += count;
        progress.advance(1, { slices });
      },
    }).catch((error: unknown) => {
      if (!(error instanceof IchorError) || error.code !== 'phantom/stopped') throw error;
      terminal.print(error.message);
      return undefined;
    });
    progress.finish(false);
    if (set === undefined) return INTERRUPTED;
    if (json) {
      print(JSON.stringify({ folder, ...set }, null, 2));
      return 0;
    }
    const rate = set.reused ? '' : ` (${formatNumber(set.slices / progress.elapsed)} slices/s)`;
    print(
      `${folder}: ${set.slices} slices of ${set.studies} studies of ${set.patients} patients, ` +
        `${set.positive} slices with a bleed, ${set.brokenFiles} broken files` +
        (set.reused ? '; it was there already' : rate),
    );
    return 0;
  },
});
