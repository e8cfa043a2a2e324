import { resolve } from 'node:path';
import { defineCommand } from '@ichor/cli';
import { writeFileAtomic } from '@ichor/files';
import { encodePng } from '@ichor/windowing/pictures';
import { z } from 'zod';
import { gallery } from '../gallery.js';
import { parseVarieties } from '../head/variation.js';
import { varietyGallery } from '../variety-gallery.js';

export const contactSheetCommand = defineCommand({
  name: 'ichor-phantom contact-sheet',
  summary:
    'Writes a PNG of examples, with one row per kind of bleed and one row without, or one per variety.',
  description:
    'Rows: epidural, intraparenchymal, intraventricular, subarachnoid, subdural, none. ' +
    'Columns: slices in the brain window (40/80), the middle one in the subdural (80/200) and bone (600/2800) windows. ' +
    'With --variety there is one row per variety: of six heads the one that it changes most, and the slices in which it does so.',
  options: {
    out: z.string().min(1).describe('PNG file to write'),
    seed: z.number().int().min(0).default(1).describe('Which heads to show'),
    size: z.number().int().min(64).max(1024).default(512).describe('Rows and columns as rendered'),
    side: z
      .number()
      .int()
      .min(32)
      .max(1024)
      .default(171)
      .describe('Largest side of a picture on the sheet, pixels'),
    slices: z.number().int().min(1).max(12).default(5).describe('Slices per row in the brain window'),
    variety: z.string().optional().describe('Varieties to show instead of bleeds (commas), or all'),
  },
  examples: [{ command: 'ichor-phantom contact-sheet --out phantom.png --seed 3', does: 'other heads' }],
  async run({ out, variety, ...options }, { print }) {
    const path = resolve(process.env['INIT_CWD'] ?? '.', out);
    const picture =
      variety === undefined ? gallery(options) : varietyGallery(parseVarieties(variety), options);
    const png = encodePng(picture);
    await writeFileAtomic(path, png);
    print(`${path}: ${Math.round(png.length / 1024)} KiB`);
  },
});
