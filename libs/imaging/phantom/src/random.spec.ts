import { describe, expect, it } from 'vitest';
import { createIdentifiers } from './cohort/identifiers.js';
import { createRandom } from './random.js';

describe('createRandom', () => {
  it('repeats a stream by its name and gives others to other names', () => {
    const draw = (...name: (string | number)[]) => {
      const random = createRandom(...name);
      return Array.from({ length: 5 }, () => random.next());
    };
    expect(draw(1, 'patient', 2)).toEqual(draw(1, 'patient', 2));
    expect(draw(1, 'patient', 2)).not.toEqual(draw(1, 'patient', 3));
  });

  it('has the moments of its distributions (20,000 draws, five standard errors)', () => {
    const random = createRandom('moments');
    const n = 20_000;
    let uniform = 0;
    let normal = 0;
    let square = 0;
    for (let i = 0; i < n; i++) {
      uniform += random.next();
      const z = random.normal();
      normal += z;
      square += z * z;
    }
    expect(Math.abs(uniform / n - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(normal / n)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(square / n - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
  });

  it('shuffles without losing anything', () => {
    const items = [1, 2, 3, 4, 5, 6, 7, 8];
    expect(createRandom('s').shuffle(items).sort()).toEqual(items);
  });
});

describe('createIdentifiers', () => {
  it('names 50,000 numbers without a collision, in the form of the original', () => {
    const name = createIdentifiers(7, 'slice');
    const names = new Set(Array.from({ length: 50_000 }, (_, i) => name(i)));
    expect(names.size).toBe(50_000);
    for (const id of [...names].slice(0, 100)) expect(id).toMatch(/^ID_[0-9a-f]{9}$/);
  });

  it('refuses numbers beyond 36 bits', () => {
    expect(() => createIdentifiers(7, 'slice')(2 ** 36)).toThrow(RangeError);
  });
});
