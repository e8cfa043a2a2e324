import { expect, it } from 'vitest';
import type { PixelLayout } from '../pixels/layout.js';
import { WasmCodec } from './wasm-codec.js';

const layout: PixelLayout = {
  rows: 1,
  columns: 2,
  frames: 1,
  bitsAllocated: 8,
  bitsStored: 8,
  highBit: 7,
  signed: false,
};

/** A decoder whose frames are the bytes that it is given. */
class Echo {
  #bytes = new Uint8Array();
  getEncodedBuffer(length: number) {
    return (this.#bytes = new Uint8Array(length));
  }
  getDecodedBuffer() {
    return this.#bytes;
  }
  decode() {
    // The bytes are the samples.
  }
  getFrameInfo() {
    return { width: 2, height: 1, bitsPerSample: 8, componentCount: 1 };
  }
  delete() {
    // Nothing is held.
  }
}

it('loads its module again for the next frame when it could not be loaded', async () => {
  let tries = 0;
  const codec = new WasmCodec({
    name: 'echo',
    load: () =>
      ++tries === 1
        ? Promise.reject(new Error('the network is away'))
        : Promise.resolve({ HEAPU8: new Uint8Array(), Echo }),
    file: () => new URL('http://127.0.0.1:1/echo.wasm'),
    decoder: 'Echo',
  });
  const frame = Uint8Array.of(7, 200);
  await expect(codec.decode(frame, layout)).rejects.toThrow('the network is away');
  expect([...(await codec.decode(frame, layout))]).toEqual([7, 200]);
  await codec.decode(frame, layout);
  expect(tries).toBe(2);
});
