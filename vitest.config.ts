import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['libs/*/*/src/**/*.spec.ts', '{apps,tools}/*/src/**/*.spec.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Far above what any test takes: a busy machine is slow, not wrong.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: ['default', './tools/summary-reporter.mjs'],
  },
});
