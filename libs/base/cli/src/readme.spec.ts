import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { defineCommand, Progress, runCommand } from './index.js';

afterEach(() => {
  process.exitCode = undefined;
});

it('the example of the README counts', async () => {
  const printed: string[] = [];
  const count = defineCommand({
    name: 'count',
    summary: 'Counts slices, slowly.',
    options: {
      slices: z.number().int().min(1).default(3).describe('How many there are'),
      unit: z.enum(['slices', 'studies']).default('slices').describe('What to call them'),
      loud: z.boolean().describe('Print each one'),
    },
    examples: [{ command: 'count --slices 10 --loud', does: 'name all ten' }],
    run({ slices, unit, loud }, { print, signal, terminal }) {
      const progress = new Progress({ label: 'counting', total: slices, unit, terminal });
      for (let i = 1; i <= slices && !signal.aborted; i++) {
        if (loud) print(`${unit} ${i}`);
        progress.advance(1, { last: i });
      }
      progress.finish(false);
      print(`${slices} ${unit}`);
    },
  });

  const code = await runCommand(count, {
    argv: ['--slices', '2', '--loud'],
    print: (line) => printed.push(line),
  });
  expect(code).toBe(0);
  expect(printed).toEqual(['slices 1', 'slices 2', '2 slices']);
});
