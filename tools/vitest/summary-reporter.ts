import { writeFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';

/**
 * Says how many tests were skipped, and why: the note of `skip(note)`, or `(needs ...)` in the name of the test or of a suite
 * around it. A test that is skipped for no reason fails the run.
 *
 * Also leaves `N passed, N failed` in the file named by ICHOR_TEST_SUMMARY, for programs that read it. A spec file that could
 * not be loaded counts as a failed test, because the number of its tests is unknown.
 */
export default class SummaryReporter implements Reporter {
  /** Some tests were selected by name (`-t`); the others are not run and need no reason. */
  #chosen = false;

  onInit(vitest: Vitest): void {
    this.#chosen = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0;
    let failed = errors.length;
    const skipped: TestCase[] = [];
    for (const module of modules) {
      const before = failed;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed++;
        else if (state === 'failed') failed++;
        else skipped.push(test);
      }
      if (module.state() === 'failed' && failed === before) failed++;
    }
    if (!this.#chosen) {
      const { lines, unexplained } = skippedTests(skipped.map(reasonOf));
      process.stdout.write(lines.map((line) => `${line}\n`).join(''));
      if (unexplained > 0) process.exitCode = 1;
    }
    const file = process.env['ICHOR_TEST_SUMMARY'];
    if (file === undefined || file === '') return;
    const first = skipped.length > 0 ? `${skipped.length} skipped\n` : '';
    writeFileSync(file, `${first}${passed} passed, ${failed} failed\n`);
  }
}

interface SkippedTest {
  /** With the names of the suites around it. */
  readonly name: string;
  readonly note?: string | undefined;
}

function reasonOf(test: TestCase): SkippedTest {
  const result = test.result();
  return { name: test.fullName, note: result.state === 'skipped' ? result.note : undefined };
}

/** A line for each reason, and each test without one. */
export function skippedTests(tests: readonly SkippedTest[]): { lines: string[]; unexplained: number } {
  const counts = new Map<string, number>();
  const without: string[] = [];
  for (const test of tests) {
    const reason = test.note ?? /\((needs [^)]*)\)/.exec(test.name)?.[1];
    if (reason === undefined) without.push(test.name);
    else counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const lines = [...counts].map(([reason, count]) => `${count} skipped: ${reason}`);
  for (const name of without) lines.push(`skipped for no reason that its name or a note gives: ${name}`);
  return { lines, unexplained: without.length };
}
