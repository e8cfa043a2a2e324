import { describe, expect, it } from 'vitest';
import draws from './fixtures/draws.json' with { type: 'json' };
import { PythonRandom } from './index.js';

describe('PythonRandom', () => {
  // CPython's own draws (fixtures/make_draws.py), to the bit.
  it.each(draws)('draws as CPython with seed $seed', (want) => {
    const random = new PythonRandom(BigInt(want.seed));
    expect(want.bits32.map(() => random.bits(32))).toEqual(want.bits32);
    expect(want.bits3.map(() => random.bits(3))).toEqual(want.bits3);
    const chosen = Array.from({ length: 1300 }, (_, n) =>
      random.choice([0, 1, 2, 3, 4].slice(0, (n % 5) + 1)),
    );
    expect(chosen.slice(-100)).toEqual(want.choice);
    expect(want.random.map(() => random.random())).toEqual(want.random);
    const items = Array.from({ length: 20 }, (_, i) => i);
    random.shuffle(items);
    expect(items).toEqual(want.shuffle);
  });

  it('refuses arguments that CPython refuses', () => {
    expect(() => new PythonRandom(0.5)).toThrow('whole number');
    expect(() => new PythonRandom(1).choice([])).toThrow('received 0');
  });
});
