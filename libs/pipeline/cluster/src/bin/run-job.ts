#!/usr/bin/env node
// What the script of a job starts: `run-job.js FOLDER ARRAY [INDEX]`.
import { IchorError } from '@ichor/files';
import { runJob } from '../run/run-job.js';

const [folder = '', array = '', index] = process.argv.slice(2);
try {
  process.exit(await runJob({ folder, array, index: index === undefined ? undefined : Number(index) }));
} catch (error) {
  process.stderr.write(
    `${error instanceof IchorError ? `${error.message} [${error.code}]` : String(error)}\n`,
  );
  process.exit(1);
}
