#!/usr/bin/env node
import { IchorError } from '@ichor/files';
import { buildLightGbm } from '../lightgbm/build.js';
import { nativeFolder } from '../lightgbm/locate.js';

const [tarball] = process.argv.slice(2);
try {
  const path = await buildLightGbm({
    target: nativeFolder,
    ...(tarball === undefined ? {} : { tarball }),
    onProgress: (message) => process.stdout.write(`${message}\n`),
  });
  process.stdout.write(`${path}\n`);
} catch (error) {
  if (!(error instanceof IchorError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
