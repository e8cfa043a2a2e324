import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBundle } from '@ichor/bundle';
import { makeRoot } from '@ichor/bundle/testing';
import { makeHead } from '@ichor/intake/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ichor } from './testing/program.js';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const studies = ['1.2.1', '1.2.2', '1.2.3'];
let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);
const predict = (out: string) => ['predict', at('ct'), '-b', at('bundle'), '-o', out, '--no-html', '--json'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-stopped-'));
  await makeRoot(at('root'));
  await createBundle({ out: at('bundle'), name: 'test', root: at('root') });
  for (const study of studies) {
    await mkdir(at('ct', study), { recursive: true });
    for (const slice of [1, 2, 3, 4]) {
      const uid = { StudyInstanceUID: study, SeriesInstanceUID: `${study}.1` };
      await writeFile(at('ct', study, `${slice}.dcm`), makeHead(slice, uid));
    }
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** Ends the program by a signal as soon as the first study is written. */
async function stopAfterFirst(out: string, signal: NodeJS.Signals): Promise<number | null> {
  const child = spawn(process.execPath, [main, ...predict(out)], { stdio: 'ignore' });
  const first = join(out, 'studies', 'study-0001', 'prediction.json');
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  while (child.exitCode === null && !existsSync(first)) await new Promise((wait) => setTimeout(wait, 5));
  child.kill(signal);
  return ended;
}

describe.skipIf(process.platform === 'win32')('ichor predict, stopped (needs signals of POSIX)', () => {
  it.each(['SIGKILL', 'SIGINT'] as const)('by %s, goes on with the same command', async (signal) => {
    const out = at(`by-${signal}`);
    const code = await stopAfterFirst(out, signal);
    expect(code).toBe(signal === 'SIGKILL' ? null : 130);
    const { code: again, stdout } = await ichor(predict(out));
    expect(again).toBe(0);
    const summary: { studies: { studyInstanceUid: string; kept: boolean }[] } = JSON.parse(stdout);
    expect(summary.studies.map(({ studyInstanceUid }) => studyInstanceUid)).toEqual(studies);
    expect(summary.studies[0]!.kept).toBe(true);
    const whole = at(`whole-${signal}`);
    await ichor(predict(whole));
    for (const name of ['studies.csv', 'slices.csv', 'slices.arrow'])
      expect(await readFile(join(out, name))).toEqual(await readFile(join(whole, name)));
    expect((await readFile(join(out, 'run.json'), 'utf8')).match(/"status": "complete"/)).not.toBeNull();
  });
});

describe('everyday errors are one line, without a stack', () => {
  const oneLine = /^ichor: [^\n]*\[[a-z]+\/[a-z-]+\]\n$/;

  it('--out is a file, or lies below one', async () => {
    await writeFile(at('file'), '');
    for (const out of [at('file'), at('file', 'below')]) {
      const run = await ichor(predict(out));
      expect([run.code, run.stdout]).toEqual([1, '']);
      expect(run.stderr).toMatch(oneLine);
      expect(run.stderr).toContain('is a file, not a folder');
      const bundle = await ichor(['bundle', '--out', out], { ICHOR_ROOT: at('root') });
      expect(bundle.code).toBe(1);
      expect(bundle.stderr).toMatch(oneLine);
      expect(bundle.stderr).toContain('is a file, not a folder');
    }
  });

  it.skipIf(!existsSync('/dev/full'))('standard output is full (needs /dev/full)', () => {
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', `"${process.execPath}" "${main}" predict --help > /dev/full`],
      {
        encoding: 'utf8',
      },
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain('[cli/output]');
  });
});
