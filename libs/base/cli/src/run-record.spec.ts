import { existsSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Logger } from './logger.js';
import { readManifest, RunRecord } from './manifest.js';
import { Terminal } from './terminal.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-cli-'));
});

describe('RunRecord', () => {
  it('is written with everything that it collected, and is read back equal', async () => {
    const run = new RunRecord({ command: 'train', config: { epochs: 3 }, seeds: { sampling: 20 } });
    expect(await run.time('load', () => Promise.resolve(7))).toBe(7);
    run.addTime('load', 1);
    run.setEngine('onnxruntime/cpu');
    run.setData('abc');
    run.drop('ID_6431af929', 'the file is corrupt');
    run.result('loss', 0.08);
    const path = join(folder, 'deep', 'manifest.json');
    const written = await run.write(path);
    expect(await readManifest(path)).toEqual(written);
    expect(written).toMatchObject({
      command: 'train',
      status: 'complete',
      config: { epochs: 3 },
      seeds: { sampling: 20 },
      engine: 'onnxruntime/cpu',
      data: 'abc',
      dropped: { count: 1, first: [{ id: 'ID_6431af929', reason: 'the file is corrupt' }] },
      results: { loss: 0.08 },
    });
    expect(written.timings['load']).toBeGreaterThanOrEqual(1);
    expect(written.environment.node).toBe(process.version);
    expect(written.environment.ichor).toMatch(/^\d+\.\d+\.\d+/);
    expect(written.peakMemory).toBeGreaterThan(10 * 2 ** 20);
  });

  it('counts all dropped inputs and names the first thousand', () => {
    const run = new RunRecord({ command: 'x' });
    for (let i = 0; i < 1500; i++) run.drop(`ID_${i}`, 'r');
    const { dropped } = run.manifest();
    expect([dropped.count, dropped.first.length]).toEqual([1500, 1000]);
  });

  it.each(['', '{"format":"ichor-run"}', '[]'])('%j is not a manifest', async (content) => {
    const path = join(folder, 'm.json');
    await writeFile(path, content);
    await expect(readManifest(path)).rejects.toMatchObject({ code: 'cli/manifest', file: path });
  });
});

describe('Logger', () => {
  it('shows messages on the terminal and keeps them with time and level in the file', async () => {
    let shown = '';
    const file = join(folder, 'logs', 'run.log');
    const terminal = new Terminal({ write: (text) => (shown += text) });
    const log = new Logger({ file, terminal });
    log.debug('detail');
    log.info('epoch', { epoch: 1, loss: 0.25 });
    log.warn('slow');
    log.close();
    expect(shown).toBe('epoch epoch=1 loss=0.25\nwarn: slow\n');
    const kept = (await readFile(file, 'utf8')).trimEnd().split('\n');
    expect(kept.map((line) => line.replace(/^\S+Z /, ''))).toEqual([
      'DEBUG detail',
      'INFO  epoch epoch=1 loss=0.25',
      'WARN  slow',
    ]);
  });

  it('appends', async () => {
    const file = join(folder, 'run.log');
    for (const word of ['one', 'two']) {
      const log = new Logger({ file, level: 'silent' });
      log.info(word);
      log.close();
    }
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(3);
  });

  it.runIf(existsSync('/dev/full'))(
    'reports once that the disk is full, and continues (needs /dev/full)',
    () => {
      let shown = '';
      const terminal = new Terminal({ write: (text) => (shown += text) });
      const log = new Logger({ file: '/dev/full', terminal });
      log.info('one');
      log.info('two');
      log.close();
      expect(shown).toMatch(/^one\nwarn: \/dev\/full: lines are missing in this log: ENOSPC.*\ntwo\n$/);
    },
  );

  it('names a file that it cannot open', async () => {
    await writeFile(join(folder, 'file'), '');
    expect(() => new Logger({ file: join(folder, 'file', 'x.log') })).toThrow(
      /the log file cannot be opened/,
    );
  });
});
