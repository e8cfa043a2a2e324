import { expect, it } from 'vitest';
import { table } from './markdown.js';

it('shows ratios of Ichor over PyTorch and marks met targets', () => {
  const common = { id: 'xception', mode: 'train', size: 128, target: 1.25 } as const;
  const pytorch = { milliseconds: 200, fastest: 160, processor: 400, creation: 500, bytes: 2 ** 30 };
  const quick = { milliseconds: 100, fastest: 80, processor: 150, creation: 2000, bytes: 2 ** 29 };
  const slow = { milliseconds: 300, fastest: 240, processor: 600, creation: 2000, bytes: 2 ** 31 };
  const [, , met, missed] = table([
    { ...common, ichor: quick, pytorch },
    { ...common, ichor: slow, pytorch },
  ]).split('\n');
  expect(met).toBe(
    '| xception | 128 | 100 | 200 | **0.50** | 1.25 | 0.50 | 0.38 | 512 | 1024 | 0.50 | 2.0 | 0.5 |',
  );
  expect(missed).toBe(
    '| xception | 128 | 300 | 200 | 1.50 | 1.25 | 1.50 | 1.50 | 2048 | 1024 | 2.00 | 2.0 | 0.5 |',
  );
});
