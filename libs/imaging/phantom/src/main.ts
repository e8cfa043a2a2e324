#!/usr/bin/env node
import { defineGroup, runCommand } from '@ichor/cli';
import { contactSheetCommand } from './commands/contact-sheet.js';
import { generateCommand } from './commands/generate.js';

await runCommand(
  defineGroup({
    name: 'ichor-phantom',
    summary: 'Synthetic head CT with intracranial hemorrhage, as DICOM in the Kaggle layout.',
    commands: [generateCommand, contactSheetCommand],
  }),
);
