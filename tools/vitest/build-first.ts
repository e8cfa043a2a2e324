import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { TestProject } from 'vitest/node';
import { testCache } from './test-cache.js';

/**
 * Compiles what has changed (under a second when nothing has), because workers and programs started by a test run from
 * `dist`. Nothing is tested on a build that failed: it would be an older one.
 *
 * @returns what is done after all tests
 */
export default function setup(project: TestProject): () => Promise<void> {
  const { root } = project.config;
  build(root);
  project.onTestsRerun(() => {
    build(root);
  });
  return () => rm(testCache, { recursive: true, force: true });
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
