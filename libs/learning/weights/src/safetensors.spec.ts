import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { bytesAsSource } from './byte-source.js';
import { openSafetensors, openSafetensorsSource, readSafetensors, writeSafetensors } from './safetensors.js';

let path: string;
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'ichor-weights-')), 'model.safetensors');
});

const tensors = new Map([
  ['layer.weight', { shape: [2, 2], data: Float32Array.of(1, -2.5, Math.fround(0.1), NaN) }],
  ['empty', { shape: [0], data: new Float32Array() }],
  ['scalar', { shape: [], data: Float32Array.of(-0) }],
  // A view into a larger buffer: only its part may be written.
  ['view', { shape: [2], data: Float32Array.of(9, 9, 5, 6).subarray(2) }],
  // A name that would be lost as the property of an object.
  ['__proto__', { shape: [1], data: Float32Array.of(7) }],
]);

describe('writeSafetensors', () => {
  it('gives back every bit, with the metadata', async () => {
    await writeSafetensors(path, tensors, { epoch: '3' });
    const read = await readSafetensors(path);
    expect(read.metadata).toEqual({ format: 'pt', epoch: '3' });
    expect(read.tensors).toEqual(tensors);
  });

  it('lays the file out as the format says', async () => {
    // Derived by hand: header length, the JSON filled with spaces to a multiple of 8, then the floats.
    await writeSafetensors(path, new Map([['a', { shape: [1], data: Float32Array.of(1) }]]));
    const bytes = await readFile(path);
    const json = '{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    expect(bytes.readBigUInt64LE(0)).toBe(BigInt(Math.ceil(json.length / 8) * 8));
    expect(bytes.toString('utf8', 8, bytes.length - 4).trimEnd()).toBe(json);
    expect(bytes.readFloatLE(bytes.length - 4)).toBe(1);
  });

  it('refuses data that do not fit the shape', async () => {
    const wrong = new Map([['a', { shape: [3], data: new Float32Array(2) }]]);
    await expect(writeSafetensors(path, wrong)).rejects.toMatchObject({ code: 'weights/shape' });
  });
});

describe('openSafetensors', () => {
  it('reads single tensors by position', async () => {
    await writeSafetensors(path, tensors);
    const file = await openSafetensors(path);
    expect(await file.read('view')).toEqual({ shape: [2], data: Float32Array.of(5, 6) });
    await expect(file.read('none')).rejects.toMatchObject({ code: 'weights/missing' });
    await file.close();
  });

  const head = (header: unknown, dataBytes: number, length?: bigint) => {
    const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(length ?? BigInt(json.length));
    return bytesAsSource('made.safetensors', Buffer.concat([size, json, Buffer.alloc(dataBytes)]));
  };
  const f32 = (begin: number, end: number, shape = [(end - begin) / 4]) => ({
    dtype: 'F32',
    shape,
    data_offsets: [begin, end],
  });

  it.each<[string, string, ReturnType<typeof head>]>([
    ['a header beyond the file', 'weights/header-too-large', head({}, 0, 1_000_000n)],
    ['a header of 2^63 bytes', 'weights/header-too-large', head({}, 0, 2n ** 63n)],
    ['no JSON', 'weights/header', head('{"a":', 0)],
    ['an array', 'weights/header', head([], 0)],
    ['metadata that is no text', 'weights/header', head({ __metadata__: { a: 1 } }, 0)],
    ['an unknown element type', 'weights/dtype', head({ a: { ...f32(0, 4), dtype: 'toString' } }, 4)],
    ['a negative size', 'weights/header', head({ a: f32(0, 4, [-1]) }, 4)],
    ['a fractional offset', 'weights/header', head({ a: f32(0.5, 4.5) }, 4)],
    ['offsets that do not fit the shape', 'weights/offsets', head({ a: f32(0, 4, [2]) }, 8)],
    ['a shape beyond any memory', 'weights/offsets', head({ a: f32(0, 4, [2 ** 40, 2 ** 40]) }, 4)],
    ['overlap', 'weights/offsets', head({ a: f32(0, 8), b: f32(4, 12) }, 12)],
    ['a hole', 'weights/offsets', head({ a: f32(0, 4), b: f32(8, 12) }, 12)],
    ['data beyond the file', 'weights/offsets', head({ a: f32(0, 8) }, 4)],
    ['bytes left over', 'weights/offsets', head({ a: f32(0, 4) }, 8)],
    ['seven bytes', 'weights/truncated', bytesAsSource('short', new Uint8Array(7))],
  ])('refuses %s', async (_, code, source) => {
    await expect(openSafetensorsSource(source)).rejects.toMatchObject({ code, file: source.name });
  });
});
