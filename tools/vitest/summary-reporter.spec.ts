import { expect, it } from 'vitest';
import { skippedTests } from './summary-reporter.js';

const skipped = (name: string, note?: string) => ({ name, note });

it('counts skipped tests by their reasons, and finds those without one', () => {
  expect(
    skippedTests([
      skipped('trees (needs lib_lightgbm: npx nx run gbdt:build-lightgbm) > fit'),
      skipped('trees (needs lib_lightgbm: npx nx run gbdt:build-lightgbm) > predict'),
      skipped('tfjs on node > agrees', 'the package is not installed'),
      skipped('left for later'),
    ]),
  ).toEqual({
    lines: [
      '2 skipped: needs lib_lightgbm: npx nx run gbdt:build-lightgbm',
      '1 skipped: the package is not installed',
      'skipped for no reason that its name or a note gives: left for later',
    ],
    unexplained: 1,
  });
});
