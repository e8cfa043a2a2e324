import { createCipheriv, createHash } from 'node:crypto';

const KEY = Buffer.alloc(16);
const NONCE = Buffer.alloc(12);

/**
 * A checksum of a file's bytes, 128 bits as base64. GMAC (NIST SP 800-38D) with a key that everybody knows: it tells
 * contents apart as a hash does, at ten times the speed of SHA-256, but not against somebody who wants two files to
 * look alike.
 */
export function checksum(bytes: Uint8Array): string {
  const cipher = createCipheriv('aes-128-gcm', KEY, NONCE);
  cipher.setAAD(bytes);
  cipher.final();
  return cipher.getAuthTag().toString('base64');
}

/** Fingerprint of many contents, in the order in which they are added. */
export class ContentDigest {
  readonly #digest = createHash('sha256');

  add(id: string, content: string): void {
    this.#digest.update(`${id} ${content}\n`);
  }

  /** 32 hexadecimal digits; nothing can be added afterwards. */
  end(): string {
    return this.#digest.digest('hex').slice(0, 32);
  }
}
