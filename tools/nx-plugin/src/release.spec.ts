import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../check-release.mjs', import.meta.url));
let workspace: string;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'ichor-release-'));
});
afterEach(() => rm(workspace, { recursive: true }));

const address = (owner: string) => `git+https://github.com/${owner}/ichor.git`;

/** A workspace with a package, and what the check says of it; undefined: it agrees. */
async function check(urls: { root: string; package: string }, env: NodeJS.ProcessEnv = {}) {
  const folder = join(workspace, 'libs', 'base', 'files');
  await mkdir(folder, { recursive: true });
  const manifest = (url: string) => JSON.stringify({ repository: { type: 'git', url } });
  await writeFile(join(workspace, 'package.json'), manifest(urls.root));
  await writeFile(join(folder, 'package.json'), manifest(urls.package));
  return promisify(execFile)(process.execPath, [program, workspace], {
    env: { ...process.env, ...env },
  }).then(
    ({ stderr }) => stderr,
    (failure: { readonly code: number; readonly stderr: string }) => {
      expect(failure.code).toBe(1);
      return failure.stderr;
    },
  );
}

it('accepts a release whose packages all name the same repository', async () => {
  expect(await check({ root: address('ann'), package: address('ann') })).toBe('');
});

it.each([
  [
    'an address that still names OWNER',
    { root: address('OWNER'), package: address('OWNER') },
    'package.json: repository.url is',
  ],
  ['no address', { root: '', package: '' }, 'which is no address'],
  [
    'a package that was forgotten',
    { root: address('ann'), package: address('OWNER') },
    'another repository.url than package.json: libs/base/files/package.json',
  ],
])('refuses %s and says what to do', async (_, urls, message) => {
  const said = await check(urls);
  expect(said).toMatch(/^Not released:/);
  expect(said).toContain(message);
  expect(said).toContain('npm pkg set repository.url=');
});

it('only warns of it in a dry run', async () => {
  const urls = { root: address('OWNER'), package: address('OWNER') };
  expect(await check(urls, { NX_DRY_RUN: 'true' })).toMatch(/^A release would be refused:/);
});
