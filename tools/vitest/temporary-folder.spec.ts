import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const here = dirname(fileURLToPath(import.meta.url));
const program = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));

let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ichor-temporary-'));
  await mkdir(outside());
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

it('is active here: a test and a program that it starts have the folder of the run, with the cache in it', () => {
  expect(tmpdir()).toMatch(/[\\/]ichor-\w{6}$/);
  expect(process.env['ICHOR_CACHE']).toBe(join(tmpdir(), 'cache'));
  const inProgram = execFileSync(process.execPath, ['-p', 'os.tmpdir()'], { encoding: 'utf8' });
  expect(inProgram.trim()).toBe(tmpdir());
});

/** Starts vitest with one test that leaves a file, notes its temporary folder, and then does `end`. */
async function start(end: string): Promise<ChildProcess> {
  const test = `
    import { writeFileSync } from 'node:fs';
    import { tmpdir } from 'node:os';
    import { join } from 'node:path';
    it('leaves a file', async () => {
      writeFileSync(join(tmpdir(), 'left'), '');
      writeFileSync('folder.txt', tmpdir());
      ${end}
    });`;
  const config = { test: { globals: true, pool: 'forks', globalSetup: join(here, 'temporary-folder.ts') } };
  await writeFile(join(root, 'leaves.spec.mjs'), test);
  await writeFile(join(root, 'vitest.config.mjs'), `export default ${JSON.stringify(config)}`);
  const env = { ...process.env, TMPDIR: outside(), TEMP: outside(), TMP: outside() };
  return spawn(process.execPath, [program, 'run'], { cwd: root, env, stdio: 'ignore' });
}

/** The temporary folder of the computer, as the started vitest sees it. */
const outside = () => join(root, 'outside');
/** Without what vitest itself leaves there when it is interrupted. */
const left = async () => (await readdir(outside())).filter((name) => name.startsWith('ichor-'));

it.each([
  { run: 'that passes', end: '', status: 0 },
  { run: 'that fails', end: `throw new Error('fails');`, status: 1 },
])('is removed at the end of a run $run', async ({ end, status }) => {
  const [code] = (await once(await start(end), 'exit')) as [number | null];
  expect(code).toBe(status);
  expect(dirname(await readFile(join(root, 'folder.txt'), 'utf8'))).toBe(outside());
  expect(await left()).toEqual([]);
});

it.each(['SIGINT', 'SIGTERM'] as const)('is removed when %s ends the run', async (signal) => {
  const child = await start('await new Promise((done) => setTimeout(done, 60_000));');
  await vi.waitFor(() => expect(existsSync(join(root, 'folder.txt'))).toBe(true), { timeout: 60_000 });
  expect(await left()).toHaveLength(1);
  child.kill(signal);
  await once(child, 'exit');
  expect(await left()).toEqual([]);
});
