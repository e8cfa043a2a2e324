// Builds the LightGBM library for the tests where there is a C++ compiler; says so where it cannot be had.
import { spawnSync } from 'node:child_process';

// The same as the build's own default.
const compiler = process.env.CXX ?? 'g++';
if (spawnSync(compiler, ['--version']).status === 0) {
  const { status } = spawnSync('npx', ['nx', 'run', 'gbdt:build-lightgbm'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  // No network, no OpenMP: everything else can be tested all the same. CI builds it in a step of its own, which may fail.
  if (status !== 0) console.log('LightGBM could not be built (see above); its tests are skipped.');
} else {
  console.log(`No C++ compiler (${compiler}): LightGBM is not built, and its tests are skipped.`);
}
