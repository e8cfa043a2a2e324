#!/usr/bin/env node
import { IchorError } from '@ichor/files';
import { buildLightGbm } from '../lightgbm/build.js';
import { nativeFolder } from '../lightgbm/locate.js';

const usage = `ichor-build-lightgbm [TARBALL]

Compiles LightGBM with $CXX (default g++) from the sources in TARBALL; default: fetched by npm pack.
`;

const [tarball] = process.argv.slice(2);
if (tarball?.startsWith('-') === true) {
  process.stdout.write(usage);
} else {
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
}
