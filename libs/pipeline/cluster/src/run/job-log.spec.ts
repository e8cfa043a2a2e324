import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { appendingLog } from './job-log.js';

it('prints and appends to what earlier tries have written', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'ichor-job-log-')), 'step.log');
  const printed: string[] = [];
  const log = () => appendingLog(path, (text) => void printed.push(text.toString()));
  log()('first\n');
  const second = log();
  second(Buffer.from('second\n'));
  second('third\n');
  expect(await readFile(path, 'utf8')).toBe('first\nsecond\nthird\n');
  expect(printed).toEqual(['first\n', 'second\n', 'third\n']);
});

it('goes on printing, and says why, where the file cannot be written', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ichor-job-log-'));
  const printed: string[] = [];
  const log = appendingLog(folder, (text) => void printed.push(text.toString()));
  log('first\n');
  log('second\n');
  expect(printed).toEqual([
    'first\n',
    expect.stringMatching(/^nothing more is written to .*: .*EISDIR/) as unknown,
    'second\n',
  ]);
});
