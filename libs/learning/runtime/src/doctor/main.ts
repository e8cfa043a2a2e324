#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { candidates } from './candidates.js';
import { diagnose, type Diagnosis } from './diagnose.js';
import { fastest, report } from './report.js';

const usage = `ichor-doctor [--json]

Tells which engines and providers work on this machine: each runs a small network whose numbers are known,
forwards and a training step, and is timed. Says what to install for the others. Takes about a minute.
Exit code 1 when none works.`;

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});

if (values.help) {
  console.log(usage);
} else {
  const diagnoses: Diagnosis[] = [];
  // One after another: they are timed.
  for (const candidate of candidates) diagnoses.push(await diagnose(candidate));
  console.log(values.json ? JSON.stringify(diagnoses, null, 2) : report(diagnoses));
  process.exitCode = fastest(diagnoses) === undefined ? 1 : 0;
}
