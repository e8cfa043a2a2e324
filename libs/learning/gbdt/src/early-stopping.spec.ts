import { expect, it } from 'vitest';
import { EarlyStopping } from './early-stopping.js';

it('stops after so many rounds without a lower loss and keeps the first of equal losses', () => {
  const stopping = new EarlyStopping(2);
  expect([5, 4, 4, 3, 3, 3].map((loss) => stopping.add(loss))).toEqual([
    false,
    false,
    false,
    false,
    false,
    true,
  ]);
  expect(stopping.bestRounds).toBe(4);
});
