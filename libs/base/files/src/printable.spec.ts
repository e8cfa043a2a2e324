import { describe, expect, it } from 'vitest';
import { IchorError } from './error.js';
import { printable, printableLine } from './printable.js';

describe('printable', () => {
  it.each([
    ['\u001b[2Jgone', '\\u001b[2Jgone'],
    ['\u009b2J', '\\u009b2J'],
    ['a\rb\u0008c\u007f', 'a\\u000db\\u0008c\\u007f'],
    ['exe.\u202egpj', 'exe.\\u202egpj'],
    ['\ufeffa\u200bb\u2028c', '\\ufeffa\\u200bb\\u2028c'],
    ['half \ud800', 'half \\ud800'],
    ['Müller 山田 😀 नि\u200dत', 'Müller 山田 😀 नि\u200dत'],
  ])('%j becomes %j', (given, shown) => {
    expect(printable(given)).toBe(shown);
  });

  it('keeps lines and tabs of a text, but not of a name', () => {
    expect(printable('a\n\tb')).toBe('a\n\tb');
    expect(printableLine('a\n\tb')).toBe('a\\u000a\\u0009b');
  });

  it('leaves JSON the same JSON', () => {
    const value = { name: '\u001b]0;x\u0007 \u009b \u202e "\\"' };
    const text = printable(JSON.stringify(value, null, 1));
    expect(text).toMatch(/^[\n\u0020-\u007e]*$/);
    expect(JSON.parse(text)).toEqual(value);
  });
});

it('the message of an error shows the name of its file', () => {
  const error = new IchorError({ code: 'a/b', file: 'x\n\u001b[2J.dcm', reason: 'is bad' });
  expect(error.message).toBe('x\\u000a\\u001b[2J.dcm: is bad');
  expect(error.file).toBe('x\n\u001b[2J.dcm');
});
