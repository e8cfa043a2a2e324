import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LeftOut, Source } from './index.js';
import { planStudies, walk, type WalkOptions } from './index.js';
import { makeSlice } from './testing/made-up-slice.js';
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
    expect(leftOut).toEqual([
      { name: join(folder, 'missing'), reason: 'there is no such file or folder (ENOENT)' },
    ]);
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

  it('accepts a blank slice', async () => {
    // 512 x 512 pixels of 16 bits, all air: deflate makes 1,000 times less of them.
    const path = await zip({ name: 'blank', content: new Uint8Array(2 * 512 * 512) });
    const { sources, leftOut } = await collect([path]);
    expect(leftOut).toEqual([]);
    expect(await sources[0]!.read()).toHaveLength(524288);
  });

  it.each([
    ['at once', [0, 0, 0]],
    ['out of order', [undefined, 0, 5]],
    ['last before first', [200, undefined, 20]],
  ])('refuses entries that share bytes, %s', async (_, offsets) => {
    const body = Buffer.from(Array.from({ length: 300 }, (_byte, index) => (index * 37) % 251));
    const path = await zip(
      ...offsets.map((offset, index) => ({
        name: `${index}`,
        content: body,
        claims: offset === undefined ? {} : { offset },
      })),
    );
    const { sources, leftOut } = await collect([path]);
    expect(sources).toEqual([]);
    expect(leftOut).toEqual([{ name: path, reason: expect.stringContaining('its entries overlap') }]);
  });

  it('takes a directory in another order than the entries', async () => {
    // Two entries of the same content and length, each with the place of the other.
    const content = bytes('same content');
    const length = 30 + 1 + deflateRawSync(content).length;
    const path = await zip(
      { name: 'a', content, claims: { offset: length } },
      { name: 'b', content, claims: { offset: 0 } },
    );
    const { sources, leftOut } = await collect([path]);
    expect(leftOut).toEqual([]);
    for (const source of sources) expect(Buffer.from(await source.read())).toEqual(content);
  });

  it('inflates of an entry no more than was asked for', async () => {
    const content = Buffer.concat([Buffer.alloc(1000, 7), Buffer.alloc(4_000_000)]);
    const path = await zip({ name: 'long', content, claims: { crc: 1 } });
    const { sources } = await collect([path]);
    expect(Buffer.from(await sources[0]!.first(1000))).toEqual(Buffer.alloc(1000, 7));
    // The checksum, of which the beginning knows nothing, is compared when all is read.
    await expect(sources[0]!.read()).rejects.toThrow('checksum');
  });

  it('names a method of compression that is not read', async () => {
    const path = await zip({ name: 'lzma', content: bytes('0123'), claims: { method: 14 } });
    expect((await collect([path])).leftOut[0]!.reason).toContain('compressed by method 14');
  });

  it('reads the entries before a damaged place of the directory', async () => {
    const path = join(folder, 'bent.zip');
    const names = ['a', 'b'];
    const whole = makeZip(names.map((name) => ({ name, content: bytes(name) })));
    whole.write('XX', whole.lastIndexOf('PK\x01\x02'), 'latin1');
    await writeFile(path, whole);
    const { sources, leftOut } = await collect([path]);
    expect(sources.map(({ name }) => name)).toEqual([`${path}: a`]);
    expect(leftOut).toEqual([{ name: path, reason: expect.stringContaining('cannot be read as a zip') }]);
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

  it('refuses an archive that is cut off', async () => {
    const path = join(folder, 'cut.zip');
    const whole = makeZip([{ name: 'a', content: bytes('0123') }]);
    await writeFile(path, whole.subarray(0, whole.length - 10));
    const { leftOut } = await collect([path]);
    expect(leftOut[0]!.reason).toContain('cannot be read as a zip archive');
  });
});

const onLinux = process.platform === 'linux';

describe('names that are no UTF-8', () => {
  // `café` in Latin-1, as old CDs and unzip leave it on Linux.
  const cafe = (parent: string, name: string) =>
    Buffer.concat([Buffer.from(`${parent}/caf`), Buffer.from([0xe9]), Buffer.from(name)]);

  it.runIf(onLinux)(
    'are read, in folders of such names too, and shown with the bytes written out (needs Linux)',
    async () => {
      await mkdir(cafe(folder, ''));
      for (const slice of [1, 2]) {
        const name = Buffer.concat([cafe(folder, '/\xfc'), Buffer.from([0xfc, 0x30 + slice])]);
        await writeFile(name, makeSlice({ InstanceNumber: slice, ImagePositionPatient: [0, 0, 5 * slice] }));
      }
      const { studies, leftOut } = await planStudies([folder]);
      expect(leftOut).toEqual([]);
      expect(studies[0]!.slices.map(({ source }) => source.name)).toEqual([
        `${folder}/caf\\xe9/\\xc3\\xbc\\xfc1`,
        `${folder}/caf\\xe9/\\xc3\\xbc\\xfc2`,
      ]);
      expect((await studies[0]!.slices[0]!.source.read()).length).toBeGreaterThan(132);
    },
  );

  it.runIf(onLinux)(
    'are found from the command line, where Node has replaced the bytes (needs Linux)',
    async () => {
      await mkdir(cafe(folder, ''));
      await writeFile(cafe(folder, '/1'), 'one');
      await writeFile(cafe(folder, '/2'), 'two');
      const { sources, leftOut } = await collect([join(folder, 'caf\ufffd', '2'), join(folder, 'x\ufffd')]);
      expect(Buffer.from(await sources[0]!.read()).toString()).toBe('two');
      expect(sources).toHaveLength(1);
      expect(leftOut).toEqual([
        { name: join(folder, 'x\ufffd'), reason: 'there is no such file or folder (ENOENT)' },
      ]);
    },
  );

  it.runIf(onLinux)('may be a zip, and control characters reach no message (needs Linux)', async () => {
    await writeFile(cafe(folder, '.zip'), makeZip([{ name: 'a\x1b[31m', content: bytes('x') }]));
    const { sources, close } = await collect([folder]);
    expect(sources.map(({ name }) => name)).toEqual([`${folder}/caf\\xe9.zip: a\\u001b[31m`]);
    close();
  });
});

describe('an input that is not an image file', () => {
  it.runIf(onLinux)('is not opened when it is a pipe or a device (needs Linux)', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await symlink('/dev/zero', join(folder, 'zero'));
    const { leftOut } = await collect([folder, join(folder, 'pipe')]);
    expect(leftOut).toEqual([
      { name: join(folder, 'pipe'), reason: 'it is a named pipe, not a file' },
      { name: join(folder, 'zero'), reason: 'it is a device, not a file' },
    ]);
  });

  it('is not read when it is larger than any image, and takes no time', async () => {
    // Sparse: two gigabytes that take no room on disk; one begins as a slice, the other as nothing.
    for (const [name, start] of [
      ['slice', makeSlice()],
      ['zeros', ''],
    ] as const) {
      await writeFile(join(folder, name), start);
      await truncate(join(folder, name), 2 ** 31);
    }
    const { leftOut } = await planStudies([folder]);
    expect(leftOut.map(({ reason }) => reason)).toEqual([
      '2147483648 bytes are more than the limit of 536870912 for one image',
      '2147483648 bytes are more than the limit of 536870912 for one image',
    ]);
  });

  it.each<[string, Uint8Array, string]>([
    ['study.tar.gz', gzipSync('x'.repeat(3000)), 'it is compressed by gzip'],
    ['slice.dcm.gz', gzipSync(makeSlice()), 'unpack it and give the folder'],
    ['a.7z', Buffer.from('7z\xbc\xaf\x27\x1c0000', 'latin1'), 'it is a 7z archive'],
    ['a.rar', Buffer.from('Rar!0000', 'latin1'), 'it is a RAR archive'],
    ['a.tar', tar(), 'it is a tar archive'],
    ['cd.iso', iso(), 'it is an image of a disc'],
    ['a.nii', Buffer.concat([Buffer.alloc(344), Buffer.from('n+1\0'), Buffer.alloc(4)]), 'it is NIfTI'],
    ['a.png', Buffer.from('\x89PNG\r\n', 'latin1'), 'it is a PNG picture'],
  ])('%s is reported with its kind, next to slices and in a zip', async (name, content, reason) => {
    await writeFile(join(folder, name), content);
    await writeFile(join(folder, 'outer.zip'), makeZip([{ name, content }]));
    const { leftOut } = await planStudies([folder]);
    expect(leftOut.map((one) => one.reason)).toEqual([
      expect.stringContaining(reason),
      expect.stringContaining(reason),
    ]);
  });

  it('is reported as a zip in a zip', async () => {
    const inner = makeZip([{ name: 'slice', content: makeSlice() }]);
    await writeFile(join(folder, 'outer.zip'), makeZip([{ name: 'inner.zip', content: inner }]));
    const { leftOut } = await planStudies([folder]);
    expect(leftOut[0]!.reason).toContain('it is a zip archive');
  });

  it('is an image all the same when only its preamble looks like a zip', async () => {
    const slice = makeSlice({ ImagePositionPatient: [0, 0, 0] });
    Buffer.from(slice.buffer, slice.byteOffset, 4).write('PK\x03\x04', 'latin1');
    await writeFile(join(folder, 'slice'), slice);
    expect((await planStudies([folder])).studies).toHaveLength(1);
  });
});

function tar(): Buffer {
  const header = Buffer.alloc(1024);
  header.write('study/1', 0);
  header.write('ustar\0', 257);
  return header;
}

function iso(): Buffer {
  const image = Buffer.alloc(40_000);
  image.write('\x01CD001\x01', 32768, 'latin1');
  return image;
}

it('checks the signal between two files', async () => {
  for (const name of ['a', 'b', 'c']) await writeFile(join(folder, name), makeSlice());
  const stop = new AbortController();
  const seen: number[] = [];
  const planning = planStudies([folder], {
    signal: stop.signal,
    onHeader(count) {
      seen.push(count);
      stop.abort(new Error('stopped'));
    },
  });
  await expect(planning).rejects.toThrow('stopped');
  expect(seen).toEqual([1]);
});

it('checks the signal between two entries of an archive', async () => {
  const path = join(folder, 'many.zip');
  await writeFile(path, makeZip([{ name: 'a', content: bytes('a') }]));
  const signal = AbortSignal.abort(new Error('stopped'));
  await expect(collect([path], { signal })).rejects.toThrow('stopped');
});
