import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Terminal } from '@ichor/cli';
import { nxProgram } from './nx-program.js';

/** Compiles LightGBM unless it is there; without a compiler the pipeline goes on with ml-xgboost. */
export async function buildLightgbm(workspace: string, terminal: Terminal): Promise<void> {
  terminal.print('LightGBM: compiling, unless it is there (a minute or two)');
  const child = spawn(process.execPath, [nxProgram(workspace), 'run', 'gbdt:build-lightgbm'], {
    cwd: workspace,
    stdio: 'ignore',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) {
    terminal.print(
      'LightGBM cannot be compiled here (npx nx run gbdt:build-lightgbm says why). Without it boosted trees are ' +
        "ml-xgboost's, which refuses tables of more than a million values.",
    );
  }
}
