// Builds the LightGBM library for the tests where there is a C++ compiler; says so where there is none.
import { spawnSync } from 'node:child_process';

const compiler = process.env.CXX ?? 'c++';
if (spawnSync(compiler, ['--version']).status === 0) {
  const { status } = spawnSync('npx', ['nx', 'run', 'gbdt:build-lightgbm'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, NX_DAEMON: 'false' },
  });
  process.exitCode = status ?? 1;
} else {
  console.log(`No C++ compiler (${compiler}): LightGBM is not built, and its tests are skipped.`);
}
