import { writeFileSync } from 'node:fs';

/**
 * Vitest reporter that leaves `N passed, N failed` in the file named by ICHOR_TEST_SUMMARY, for programs that read it.
 * A spec file that could not be loaded counts as a failed test, because nobody knows how many were in it.
 */
export default class SummaryReporter {
  onTestRunEnd(modules, errors) {
    const file = process.env['ICHOR_TEST_SUMMARY'];
    if (file === undefined || file === '') return;
    let passed = 0;
    let failed = errors.length;
    let skipped = 0;
    for (const module of modules) {
      const before = failed;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed++;
        else if (state === 'failed') failed++;
        else skipped++;
      }
      if (module.state() === 'failed' && failed === before) failed++;
    }
    writeFileSync(file, `${skipped > 0 ? `${skipped} skipped\n` : ''}${passed} passed, ${failed} failed\n`);
  }
}
