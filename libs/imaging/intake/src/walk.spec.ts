import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LeftOut, Source } from './index.js';
import { walk, type WalkOptions } from './index.js';
import { makeZip } from './testing/made-up-zip.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-intake-'));
});

async function collect(paths: readonly string[], options?: WalkOptions) {
  const sources: Source[] = [];
  const leftOut: LeftOut[] = [];
  const { found, close } = walk(paths, options);
  for await (const one of found) {
    if ('source' in one) sources.push(one.source);
    else leftOut.push(one.leftOut);
  }
  return { sources, leftOut, close };
}

const bytes = (text: string) => Buffer.from(text);

describe('walk', () => {
  it('goes through folders in the order of names, without hidden files, each file once', async () => {
    await mkdir(join(folder, 'b'));
    await writeFile(join(folder, 'b', '2'), 'two');
    await writeFile(join(folder, 'a'), 'one');
    await writeFile(join(folder, '.hidden'), '');
    await symlink(folder, join(folder, 'b', 'loop'));
    const { sources } = await collect([folder, join(folder, 'a')]);
    expect(sources.map(({ name }) => name)).toEqual([join(folder, 'a'), join(folder, 'b', '2')]);
    expect(Buffer.from(await sources[1]!.read()).toString()).toBe('two');
  });

  it('names a path that is not there and goes on', async () => {
    await writeFile(join(folder, 'a'), '');
    const { sources, leftOut } = await collect([join(folder, 'missing'), folder]);
    expect(leftOut).toEqual([{ name: join(folder, 'missing'), reason: 'there is no such file or folder' }]);
    expect(sources).toHaveLength(1);
  });

  it('reads a zip without unpacking it to disk', async () => {
    const path = join(folder, 'study.zip');
    await writeFile(path, makeZip([{ name: 'x/1.dcm', content: bytes('first') }]));
    const { sources, close } = await collect([path]);
    expect(sources.map(({ name, size }) => [name, size])).toEqual([[`${path}: x/1.dcm`, 5]]);
    expect(Buffer.from(await sources[0]!.read()).toString()).toBe('first');
    close();
  });
});

it('passes over hidden files, those of macOS and the DICOMDIR of a zip, as it does in folders', async () => {
  const path = join(folder, 'media.zip');
  const names = ['DICOMDIR', '.DS_Store', '__MACOSX/a', 'ct/._1', 'ct/1'];
  await writeFile(path, makeZip(names.map((name) => ({ name, content: bytes(name) }))));
  const { sources, leftOut, close } = await collect([path]);
  expect(sources.map(({ name }) => name)).toEqual([`${path}: ct/1`]);
  expect(leftOut).toEqual([]);
  close();
});

describe('hostile archives', () => {
  const zip = async (...entries: Parameters<typeof makeZip>[0]) => {
    const path = join(folder, 'hostile.zip');
    await writeFile(path, makeZip(entries));
    return path;
  };

  it('leaves out entries that lead outside and reads the others', async () => {
    const good = { name: 'good', content: bytes('good') };
    const path = await zip(
      { name: '../../etc/passwd', content: bytes('x') },
      { name: '/abs', content: bytes('y') },
      good,
    );
    const { sources, leftOut } = await collect([path]);
    expect(sources.map(({ name }) => name)).toEqual([`${path}: good`]);
    expect(leftOut.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('leads outside the archive'),
      expect.stringContaining('leads outside the archive'),
    ]);
  });

  it('leaves out what is compressed beyond any picture', async () => {
    const path = await zip({ name: 'bomb', content: new Uint8Array(10_000_000) });
    const { sources, leftOut } = await collect([path]);
    expect(sources).toEqual([]);
    expect(leftOut[0]!.reason).toContain('archives made to exhaust memory');
  });

  it('stops reading an entry that is longer than it said', async () => {
    const path = await zip({ name: 'liar', content: bytes('0123456789'), claims: { size: 4 } });
    const { sources } = await collect([path]);
    await expect(sources[0]!.read()).rejects.toMatchObject({ code: 'intake/bad-zip', file: `${path}: liar` });
  });

  it('notices a wrong checksum', async () => {
    const path = await zip({ name: 'bent', content: bytes('0123'), claims: { crc: 1 } });
    const { sources } = await collect([path]);
    await expect(sources[0]!.read()).rejects.toThrow('checksum');
  });

  it('says that an entry is encrypted', async () => {
    const path = await zip({ name: 'secret', content: bytes('0123'), claims: { flags: 0x801 } });
    const { leftOut } = await collect([path]);
    expect(leftOut[0]!.reason).toContain('encrypted');
  });

  it('keeps to the limits of entries, bytes of an entry and bytes in all', async () => {
    const path = await zip({ name: 'a', content: bytes('0123') }, { name: 'b', content: bytes('4567') });
    const limited = async (limits: WalkOptions['archiveLimits']) =>
      (await collect([path], { archiveLimits: limits! })).leftOut.map(({ reason }) => reason);
    expect(await limited({ entries: 1 })).toEqual([
      expect.stringContaining('2 entries are more than the limit of 1'),
    ]);
    expect(await limited({ entryBytes: 3 })).toHaveLength(2);
    expect(await limited({ totalBytes: 7 })).toEqual([
      expect.stringContaining('more than the limit of 7 bytes'),
    ]);
  });

  it('says that a cut archive is none', async () => {
    const path = join(folder, 'cut.zip');
    const whole = makeZip([{ name: 'a', content: bytes('0123') }]);
    await writeFile(path, whole.subarray(0, whole.length - 10));
    const { leftOut } = await collect([path]);
    expect(leftOut[0]!.reason).toContain('cannot be read as a zip archive');
  });
});
