// Prints the plan of some tasks as JSON: `node print.js TASK... [-- OPTIONS]`, in the workspace.
import { messageOf } from '@ichor/files';
import { planSteps } from './plan-steps.js';

const words = process.argv.slice(2);
const end = words.indexOf('--');
try {
  const plan = await planSteps(end < 0 ? words : words.slice(0, end), end < 0 ? [] : words.slice(end + 1));
  process.stdout.write(`${JSON.stringify(plan)}\n`);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
