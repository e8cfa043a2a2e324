import { describe, expect, it } from 'vitest';
import { readNxLine, withoutPrefix } from './nx-output.js';

describe('readNxLine', () => {
  // Lines as Nx 23 prints them with --output-style=stream.
  it.each([
    ['> nx run files:build  [local cache]', { kind: 'task', id: 'files:build', cached: true }],
    [
      '> nx run cli:typecheck  [existing outputs match the cache, left as is]',
      { kind: 'task', id: 'cli:typecheck', cached: true },
    ],
    [
      '\u001b[2m>\u001b[22m nx run model-base:train-fold-0:demo\r',
      { kind: 'task', id: 'model-base:train-fold-0:demo', cached: false },
    ],
    ['> tsc -b libs/files\r', { kind: 'line', text: '> tsc -b libs/files' }],
    ['\u001b[32m✓\u001b[39m good', { kind: 'line', text: '✓ good' }],
    [
      'model-base: model-base:train-fold-0 done in 12.3 s',
      { kind: 'done', id: 'model-base:train-fold-0', seconds: 12.3 },
    ],
    ['  ', undefined],
  ])('%j', (line, event) => expect(readNxLine(line)).toEqual(event));
});

describe('withoutPrefix', () => {
  it('takes away the name of the project that Nx puts before a line', () => {
    expect(withoutPrefix('model-base: model-base fold 0  40 %')).toBe('model-base fold 0  40 %');
    expect(withoutPrefix('reading train  40 %')).toBe('reading train  40 %');
  });
});
