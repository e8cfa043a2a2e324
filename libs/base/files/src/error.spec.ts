import { expect, it } from 'vitest';
import { IchorError, messageOf } from './error.js';

it('says what a caught value says, whatever it is', () => {
  expect(messageOf(new TypeError('no number'))).toBe('no number');
  expect(messageOf(new IchorError({ code: 'a/b', file: 'x', reason: 'is empty', remedy: 'fill it' }))).toBe(
    'x: is empty (fill it)',
  );
  expect(messageOf('thrown text')).toBe('thrown text');
  expect(messageOf(undefined)).toBe('undefined');
});
