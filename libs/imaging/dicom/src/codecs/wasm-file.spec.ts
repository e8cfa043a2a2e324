import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fetchWasm } from './wasm-file.js';

let server: Server;
let address = '';

/** The empty module: magic bytes and version. */
const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/codec.wasm') response.end(empty);
    // What servers of single-page applications answer for every path.
    else if (request.url === '/page') response.end('<!doctype html><title>page</title>');
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => void server.close());

it('gives the bytes of a module', async () => {
  expect(await fetchWasm(new URL('/codec.wasm', address), 'JPEG 2000')).toEqual(empty);
});

it.each([
  ['/page', 'is no WebAssembly'],
  ['/missing', 'was answered with status 404'],
])('says that the decoder is missing where a server answers %s', async (path, reason) => {
  await expect(fetchWasm(new URL(path, address), 'JPEG 2000')).rejects.toMatchObject({
    code: 'dicom/no-decoder',
    reason: `the decoder of JPEG 2000 is not there: ${path} ${reason}`,
    remedy: expect.stringContaining('dicomDecoders() of @ichor/dicom/vite') as unknown,
  });
});

it('says so, too, where no server answers', async () => {
  const nowhere = new URL('/codec.wasm', 'http://127.0.0.1:1');
  await expect(fetchWasm(nowhere, 'HTJ2K')).rejects.toMatchObject({
    code: 'dicom/no-decoder',
    reason: 'the decoder of HTJ2K is not there: /codec.wasm cannot be fetched',
  });
});
