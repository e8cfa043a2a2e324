import { defineCommand, Progress } from '@ichor/cli';
import { candidates, diagnose, fastest, report, type Diagnosis } from '@ichor/runtime/doctor';
import { z } from 'zod';

export const doctorCommand = defineCommand({
  name: 'ichor doctor',
  summary: 'Tells which engines and providers work on this machine, and how fast.',
  description:
    'Each runs inference and a training step of a small network with known results, and is timed. Says what to ' +
    'install for the others. Exit code 1 when none works.',
  options: { json: z.boolean().describe('Print JSON') },
  examples: [{ command: 'ichor doctor', does: 'a table' }],
  async run({ json }, { print, terminal }) {
    const diagnoses: Diagnosis[] = [];
    const progress = new Progress({ label: 'doctor', total: candidates.length, unit: 'engines', terminal });
    // One after another: they are timed.
    for (const candidate of candidates) {
      diagnoses.push(await diagnose(candidate));
      progress.advance(1);
    }
    progress.finish(false);
    print(json ? JSON.stringify(diagnoses, null, 2) : report(diagnoses));
    return fastest(diagnoses) === undefined ? 1 : 0;
  },
});
