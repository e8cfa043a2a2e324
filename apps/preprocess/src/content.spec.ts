import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { histogram } from '@ichor/dicom';
import { checksum, contentOf, ContentDigest } from './content.js';

describe('checksum', () => {
  it('is GMAC', () => {
    // NIST SP 800-38D, test case 1 of the GCM specification by McGrew and Viega: key, nonce and text of zeros, nothing
    // authenticated: tag 58e2fccefa7e3061367f1d57a4e7455a.
    expect(Buffer.from(checksum(new Uint8Array()), 'base64').toString('hex')).toBe(
      '58e2fccefa7e3061367f1d57a4e7455a',
    );
  });

  it('distinguishes every change of one byte, and every order of the same bytes', () => {
    const bytes = Buffer.from(createHmac('sha512', 'seed').update('content').digest());
    const seen = new Set([checksum(bytes), checksum(Buffer.from(bytes).reverse())]);
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = changed[at]! ^ 1;
      seen.add(checksum(changed));
    }
    expect(seen.size).toBe(bytes.length + 2);
  });
});

describe('contentOf', () => {
  const HEADER = 1000;
  const SIDE = 128;
  /** A file with pixels at its end, as they lie in it; 32 KiB of pixels, of which two rows of 512 are placed. */
  const made = (change: (pixels: Int16Array, file: Uint8Array) => void) => {
    const file = new Uint8Array(HEADER + 2 * SIDE * SIDE + 10).fill(7);
    const pixels = new Int16Array(file.buffer, HEADER, SIDE * SIDE);
    for (let i = 0; i < pixels.length; i++) pixels[i] = (i * 7919) % 4001;
    change(pixels, file);
    return { file, pixels };
  };
  const of = (change: (pixels: Int16Array, file: Uint8Array) => void) => {
    const { file, pixels } = made(change);
    return contentOf(file, pixels, histogram(pixels));
  };
  const same = () => undefined;

  it.each<[string, (pixels: Int16Array, file: Uint8Array) => void]>([
    ['one pixel by one unit, far from every placed row', (pixels) => (pixels[5000] = pixels[5000]! + 1)],
    ['the last pixel', (pixels) => (pixels[SIDE * SIDE - 1] = -3)],
    ['the order of all pixels', (pixels) => pixels.reverse()],
    [
      'left and right',
      (pixels) => {
        for (let y = 0; y < SIDE; y++) pixels.subarray(y * SIDE, (y + 1) * SIDE).reverse();
      },
    ],
    ['a byte of the header', (_, file) => (file[500] = 8)],
    ['a byte after the pixels', (_, file) => (file[file.length - 1] = 8)],
  ])('tells a change of %s', (_, change) => {
    expect(of(change)).not.toBe(of(same));
    expect(of(same)).toBe(of(same));
  });

  it('takes the bytes of the file where the pixels were decoded from them', () => {
    const { file, pixels } = made(same);
    const decoded = pixels.slice();
    expect(contentOf(file, decoded, histogram(decoded))).toBe(checksum(file));
  });
});

describe('ContentDigest', () => {
  const of = (...pairs: [string, string][]) => {
    const digest = new ContentDigest();
    for (const [id, content] of pairs) digest.add(id, content);
    return digest.end();
  };

  it('distinguishes which file has which content', () => {
    expect(of(['a', 'x'], ['b', 'y'])).toBe(of(['a', 'x'], ['b', 'y']));
    expect(of(['a', 'x'], ['b', 'y'])).not.toBe(of(['a', 'y'], ['b', 'x']));
  });
});
