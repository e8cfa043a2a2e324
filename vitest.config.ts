import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { slowSpecs } from './tools/vitest/slow-specs.js';
import { sourceAliases } from './tools/vitest/source-aliases.js';

export default defineConfig(({ mode }) => ({
  resolve: { alias: sourceAliases(fileURLToPath(new URL('.', import.meta.url))) },
  test: {
    include: ['libs/*/*/src/**/*.spec.ts', '{apps,tools}/*/src/**/*.spec.ts', 'tools/vitest/*.spec.ts'],
    // For a look in between: `vitest --mode quick`.
    exclude: [...configDefaults.exclude, ...(mode === 'quick' ? slowSpecs : [])],
    globalSetup: ['./tools/vitest/build-first.ts', './tools/vitest/temporary-folder.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Far above what any test takes: a busy machine is slow, not wrong.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: ['default', './tools/vitest/summary-reporter.ts'],
  },
}));
