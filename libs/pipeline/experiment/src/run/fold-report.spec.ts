import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readManifest, RunRecord, Terminal } from '@ichor/cli';
import { IchorError } from '@ichor/files';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FoldReport } from './fold-report.js';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'ichor-report-'))));
afterEach(() => rm(folder, { recursive: true }));

function open() {
  let shown = '';
  const record = new RunRecord({ command: 'test' });
  const manifest = join(folder, 'train.json');
  const report = new FoldReport({
    name: 'net fold 0',
    logFile: join(folder, 'train.log'),
    record,
    manifest,
    terminal: new Terminal({ write: (text) => (shown += text) }),
  });
  return { report, record, manifest, shown: () => shown };
}

it('names the first ten slices that are left out on the terminal, and all in the log and the manifest', async () => {
  const { report, record, shown } = open();
  await report.while(async () => {
    for (let i = 0; i < 12; i++) report.leaveOut({ id: `ID_${i}`, reason: 'cut off' });
    report.ended('trained');
    await Promise.resolve();
  });
  expect(shown().match(/left out/g)).toHaveLength(10);
  expect((await readFile(join(folder, 'train.log'), 'utf8')).match(/left out/g)).toHaveLength(12);
  expect(record.droppedCount).toBe(12);
});

it('records a failure, but never overwrites the record of a finished run or of another process', async () => {
  const fail = (error: Error) => open().report.while(() => Promise.reject(error));
  const { manifest, record } = open();
  await expect(fail(new IchorError({ code: 'files/locked', reason: 'busy' }))).rejects.toThrow('busy');
  await expect(readManifest(manifest)).rejects.toMatchObject({ code: 'cli/manifest' });
  await expect(fail(new Error('out of memory'))).rejects.toThrow('out of memory');
  expect((await readManifest(manifest)).status).toBe('failed');
  expect(await readFile(join(folder, 'train.log'), 'utf8')).toContain('out of memory');
  await record.write(manifest);
  await expect(fail(new Error('later'))).rejects.toThrow('later');
  expect((await readManifest(manifest)).status).toBe('complete');
});
