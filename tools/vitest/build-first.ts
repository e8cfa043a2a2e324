import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import type { TestProject } from 'vitest/node';

/**
 * Compiles what has changed (under a second when nothing has), because workers and programs started by a test run from
 * `dist`. Nothing is tested on a build that failed: it would be an older one.
 */
export default function setup(project: TestProject): void {
  const { root } = project.config;
  buildAll(root);
  project.onTestsRerun(() => {
    buildAll(root);
  });
}

/** The packages, and where there is a C++ compiler the native operators, without which their specs are skipped. */
function buildAll(root: string): void {
  build(root);
  spawnSync(process.execPath, ['tools/build-native-operators.mjs'], { cwd: root, stdio: 'inherit' });
}

/** @throws Error with the compiler's messages */
export function build(root: string): void {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, '-b'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) {
    throw new Error(
      `the tests were not run, because the packages do not compile, and workers and programs run compiled:\n${stdout}${stderr}`,
    );
  }
}
