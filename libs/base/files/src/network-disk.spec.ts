import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

/*
 * Locks on a network file system: two clients of one folder (sshfs, each with its own caches), on each a process with another host
 * name. `npm run test:network-disk` sets the mode; it needs Linux, root, sshfs and openssh-sftp-server. It is no NFS: the caches here
 * keep what they know for an hour, far longer than those of NFS.
 */
const asked = process.env['MODE'] === 'network-disk';
const reason = 'run by npm run test:network-disk';
const ROUNDS = 100;

const library = JSON.stringify(fileURLToPath(new URL('../dist/index.js', import.meta.url)));
const hosts = ['a', 'b'];
let folder = '';
const disk = (host: string) => join(folder, host);

beforeAll(async () => {
  if (!asked) return;
  folder = await mkdtemp(join(tmpdir(), 'ichor-network-disk-'));
  for (const name of ['server', 'meeting', ...hosts]) await mkdir(join(folder, name));
  const server = join(folder, 'server.sh');
  await writeFile(server, '#!/bin/sh\nexec /usr/lib/openssh/sftp-server\n', { mode: 0o755 });
  const hour = ['dcache', 'dcache_stat', 'dcache_dir', 'attr', 'entry', 'negative'].map(
    (one) => `${one}_timeout=3600`,
  );
  for (const host of hosts) {
    const options = [`ssh_command=${server}`, ...hour].join();
    execFileSync('sshfs', [`server:${join(folder, 'server')}`, disk(host), '-o', options]);
  }
});

afterAll(async () => {
  if (!asked) return;
  for (const host of hosts) execFileSync('umount', [disk(host)]);
  await rm(folder, { recursive: true });
});

it('a client does not see what another one has written until it writes itself', async ({ skip }) => {
  skip(!asked, reason);
  const [a = '', b = ''] = hosts.map(disk);
  expect(await readdir(b)).toEqual([]);
  await writeFile(join(a, 'of-a'), '');
  expect(await readdir(b)).toEqual([]);
  await writeFile(join(b, 'of-b'), '');
  expect(await readdir(b)).toEqual(['of-a', 'of-b']);
});

it('a lock goes to exactly one of two machines that want it at once', async ({ skip }) => {
  skip(!asked, reason);
  // The processes meet on the local disk, before and after each try; the folder is listed first, so that its list is cached.
  const contender = `
    const { acquireLock } = await import(${library});
    const { existsSync, mkdirSync, readdirSync, writeFileSync } = await import('node:fs');
    const { setTimeout: sleep } = await import('node:timers/promises');
    const [host, other, disk, meeting] = process.argv.slice(1);
    const meet = async (what) => {
      writeFileSync(meeting + '/' + what + host, '');
      while (!existsSync(meeting + '/' + what + other)) await sleep(1);
    };
    const answers = [];
    for (let round = 0; round < ${ROUNDS}; round++) {
      const folder = disk + '/round' + (round % 5);
      mkdirSync(folder, { recursive: true });
      readdirSync(folder);
      await meet('start' + round);
      let lock;
      try { lock = await acquireLock(folder); } catch (e) { if (e.code !== 'files/locked') throw e; }
      answers.push(lock === undefined ? 0 : 1);
      await meet('tried' + round);
      await lock?.release();
      await meet('free' + round);
    }
    process.stdout.write(JSON.stringify(answers));
  `;
  const run = promisify(execFile);
  const [ofA = [], ofB = []] = await Promise.all(
    hosts.map(async (host) => {
      const other = host === 'a' ? 'b' : 'a';
      const program = [process.execPath, '--input-type=module', '-e', contender, host, other];
      const places = [disk(host), join(folder, 'meeting')];
      const named = ['sh', '-c', `hostname host-${host}; exec "$0" "$@"`, ...program, ...places];
      const { stdout } = await run('unshare', ['--uts', ...named]);
      return JSON.parse(stdout) as number[];
    }),
  );
  expect(ofA.map((one, round) => one + (ofB[round] ?? 0))).toEqual(Array(ROUNDS).fill(1));
  // Both win sometimes, so they do want it at once.
  expect(ofA).toContain(0);
  expect(ofA).toContain(1);
});
