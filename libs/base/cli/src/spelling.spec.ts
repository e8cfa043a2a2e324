import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from './spelling.js';

describe('editDistance', () => {
  // By hand: kitten > sitten > sittin > sitting; one transposition; nothing to everything.
  it.each([
    ['kitten', 'sitting', 3],
    ['imgae', 'image', 1],
    ['', 'abc', 3],
    ['same', 'same', 0],
  ])('%s to %s is %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});

describe('nearest', () => {
  it('finds misspelt words and parts of words, but no unrelated words', () => {
    const known = ['epochs', 'image-size', 'max-gradient-norm'];
    expect(nearest('epoch', known)).toBe('epochs');
    expect(nearest('gradient', known)).toBe('max-gradient-norm');
    expect(nearest('banana', known)).toBeUndefined();
  });
});
