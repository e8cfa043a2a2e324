import { describe, expect, it } from 'vitest';
import { progressOf, readNxLine } from './nx-output.js';

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
    ['> tsc -b libs/base/files\r', { kind: 'line', text: '> tsc -b libs/base/files' }],
    ['\u001b[32m✓\u001b[39m good', { kind: 'line', text: '✓ good' }],
    [
      'model-base: model-base:train-fold-0 done in 12.3 s',
      { kind: 'done', id: 'model-base:train-fold-0', seconds: 12.3 },
    ],
    [
      'model-base: model-base:train-fold-0 failed with exit code 1',
      { kind: 'failed', id: 'model-base:train-fold-0', exitCode: 1 },
    ],
    ['  ', undefined],
  ])('%j', (line, event) => expect(readNxLine(line)).toEqual(event));
});

describe('progressOf', () => {
  it('removes the name of the project that Nx puts before a line', () => {
    expect(progressOf('model-base: model-base fold 0  40 %  2/5')).toBe('model-base fold 0  40 %  2/5');
    expect(progressOf('reading train  40 %  2/5')).toBe('reading train  40 %  2/5');
  });

  it('knows counts without a total, and leaves other lines', () => {
    const trees = 'lgbm-stacking-1 fold 0  any: trees  3 rounds  4.70/s  loss 0.62101';
    expect(progressOf(`lgbm-stacking-1: ${trees}`)).toBe(trees);
    expect(progressOf('mlp-stacking: weighted          0.35023')).toBeUndefined();
    expect(progressOf('it stopped after 5 rounds')).toBeUndefined();
  });
});
