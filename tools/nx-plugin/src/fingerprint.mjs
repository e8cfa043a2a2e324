// Prints the fingerprint of the data set, a part of every task's cache key. Run by Nx before anything is built.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const workspaceRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
if (!existsSync(join(workspaceRoot, 'libs/base/cli/dist/index.js'))) {
  const tsc = join(workspaceRoot, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-b', 'libs/base/cli'], {
    cwd: workspaceRoot,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) process.exit(1);
}
const { fingerprintData } = await import('@ichor/cli');
// Nx runs this in the workspace, like the tasks themselves.
const input = join(resolve(process.env['ICHOR_ROOT'] || '.'), 'input');
try {
  process.stdout.write(
    await fingerprintData({
      files: ['stage_2_train.csv', 'stage_2_sample_submission.csv'].map((file) => join(input, file)),
      folders: ['stage_2_train_images', 'stage_2_test_images'].map((folder) => join(input, folder)),
    }),
  );
} catch (error) {
  // A folder that cannot be listed is not an empty one: no key, no task.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
