import type { Terminal } from '@ichor/cli';
import { causeOf } from './cause.js';
import { runChild } from './child.js';
import { nxProgram } from './nx-program.js';

/**
 * Compiles LightGBM if it is missing. If it cannot be compiled, the pipeline continues with ml-xgboost and
 * says why.
 *
 * @throws the reason of the signal when it was stopped
 */
export async function buildLightgbm(
  workspace: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  terminal.print('LightGBM: compiling it if it is not installed (a minute or two)');
  const lines: string[] = [];
  const code = await runChild([nxProgram(workspace), 'run', 'gbdt:build-lightgbm', '--output-style=stream'], {
    cwd: workspace,
    signal,
    onLine: (line) => void lines.push(line),
  });
  if (code === 0) return;
  terminal.print(
    `LightGBM cannot be compiled here: ${causeOf(lines) ?? `exit code ${code}`}\n` +
      "Without it boosted trees are ml-xgboost's, which refuses tables of more than a million values.",
  );
}
