import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checksum, ContentDigest } from './content.js';

describe('checksum', () => {
  it('is GMAC', () => {
    // NIST SP 800-38D, test case 1 of the GCM specification by McGrew and Viega: key, nonce and text of zeros, nothing
    // authenticated: tag 58e2fccefa7e3061367f1d57a4e7455a.
    expect(Buffer.from(checksum(new Uint8Array()), 'base64').toString('hex')).toBe(
      '58e2fccefa7e3061367f1d57a4e7455a',
    );
  });

  it('tells every change of one byte from the rest, and every order of the same bytes', () => {
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

describe('ContentDigest', () => {
  const of = (...pairs: [string, string][]) => {
    const digest = new ContentDigest();
    for (const [id, content] of pairs) digest.add(id, content);
    return digest.end();
  };

  it('tells which file holds what', () => {
    expect(of(['a', 'x'], ['b', 'y'])).toBe(of(['a', 'x'], ['b', 'y']));
    expect(of(['a', 'x'], ['b', 'y'])).not.toBe(of(['a', 'y'], ['b', 'x']));
  });
});
