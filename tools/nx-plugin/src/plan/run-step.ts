// Runs one step of a plan where Nx is not: `node run-step.js PLAN STEP`. A step that is done already does not run.
import { readFileSync } from 'node:fs';
import { messageOf } from '@ichor/files';
import { baseKey, newKey, settingsFile, validStamp } from '../step/key.js';
import { runProgram } from '../step/run-program.js';
import { codeHash } from './code-hash.js';
import type { StepPlan } from './step-plan.js';

const [file = '', id = ''] = process.argv.slice(2);
try {
  process.exitCode = await runStep(JSON.parse(readFileSync(file, 'utf8')) as StepPlan);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}

async function runStep({ format, version, workspace, steps, code }: StepPlan): Promise<number> {
  if (format !== 'ichor-step-plan' || version !== 1) {
    throw new Error(`${file}: not a plan of this version of Ichor; submit again`);
  }
  const step = steps.find((candidate) => candidate.id === id);
  if (step === undefined) throw new Error(`${file}: there is no step ${id} in it; submit again`);
  const changed = step.packages.filter((folder) => codeHash(workspace, folder) !== code[folder]);
  if (changed.length > 0) {
    // The stamp would say that the results are those of the code at the time of the submission.
    throw new Error(`${id}: the code of ${changed.join(', ')} is not that of the submission; submit again`);
  }
  if (settingsFile(workspace, step.arguments) !== step.settings) {
    throw new Error(`${id}: the file of settings is not that of the submission; submit again`);
  }
  process.chdir(workspace);
  const base = baseKey(workspace, step);
  if (validStamp(workspace, step, step.target, base) !== undefined) {
    process.stdout.write(`${id} done in 0.0 s\n`);
    return 0;
  }
  return runProgram({ ...step, workspaceRoot: workspace, outputs: step, key: newKey(base) });
}
