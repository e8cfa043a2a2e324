import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startProgram } from './program.js';

const options = { cwd: tmpdir(), env: process.env };

it.each([0, 1, 130])('gives the exit code %i', async (code) => {
  expect(await startProgram(['-e', `process.exit(${code})`], options).ended).toBe(code);
});

it('passes words as they are, a variable, and signals', async () => {
  const words = ['--a b', '$HOME', `"'`];
  const script = `process.exit(process.env.GIVEN === 'x' && JSON.stringify(process.argv.slice(1)) === process.env.WORDS ? 0 : 1)`;
  const env = { ...process.env, GIVEN: 'x', WORDS: JSON.stringify(words) };
  expect(await startProgram(['-e', script, '--', ...words], { ...options, env }).ended).toBe(0);

  const waiting = startProgram(
    ['-e', `process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000)`],
    options,
  );
  const again = setInterval(() => waiting.kill('SIGTERM'), 300);
  const code = await waiting.ended;
  clearInterval(again);
  // 143 where the signal came before the handler.
  expect([7, 143]).toContain(code);
});

it.skipIf(process.platform === 'win32')('outlives the one who started it (needs POSIX)', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ichor-program-'));
  const [starter, mark] = [join(folder, 'starter.mjs'), join(folder, 'mark')];
  const program = `setTimeout(() => require('fs').writeFileSync(${JSON.stringify(mark)}, String(process.ppid)), 1500)`;
  const module = new URL('../../dist/step/program.js', import.meta.url).href;
  await writeFile(
    starter,
    `import { startProgram } from ${JSON.stringify(module)};
     startProgram(['-e', ${JSON.stringify(program)}], { cwd: '.', env: process.env });
     setTimeout(() => console.log('started'), 300);`,
  );
  const child = spawn(process.execPath, [starter], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await expect.poll(() => readFile(mark, 'utf8').catch(() => ''), { timeout: 30_000 }).not.toBe('');
  expect(await readFile(mark, 'utf8')).not.toBe(String(child.pid));
});
