// Prints the fingerprint of the data set, a part of every task's cache key. Nx runs it in the workspace, like the tasks.
import { join, resolve } from 'node:path';
// Nothing else of the package: Nx waits for this program in every run.
import { fingerprintData } from '@ichor/cli/fingerprint';
import { messageOf, readVariable } from '@ichor/files';

const input = join(resolve(readVariable('root') ?? '.'), 'input');
try {
  process.stdout.write(
    await fingerprintData({
      files: ['stage_2_train.csv', 'stage_2_sample_submission.csv'].map((file) => join(input, file)),
      folders: ['stage_2_train_images', 'stage_2_test_images'].map((folder) => join(input, folder)),
    }),
  );
} catch (error) {
  // A folder that cannot be listed is not an empty one: no key, no task.
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}
