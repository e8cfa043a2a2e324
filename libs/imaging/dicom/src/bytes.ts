/*
 * Numbers and text in the bytes of a file, in Node and in browsers. Reading beyond the end throws a RangeError, as a
 * DataView does, but without the cost of making a DataView for every number.
 */

export function uint16At(bytes: Uint8Array, at: number, bigEndian = false): number {
  expectWithin(bytes, at, 2);
  return bigEndian ? (bytes[at]! << 8) | bytes[at + 1]! : bytes[at]! | (bytes[at + 1]! << 8);
}

export function uint32At(bytes: Uint8Array, at: number, bigEndian = false): number {
  expectWithin(bytes, at, 4);
  const first = bigEndian ? at + 3 : at;
  const step = bigEndian ? -1 : 1;
  return (
    (bytes[first]! |
      (bytes[first + step]! << 8) |
      (bytes[first + 2 * step]! << 16) |
      (bytes[first + 3 * step]! << 24)) >>>
    0
  );
}

function expectWithin(bytes: Uint8Array, at: number, width: number): void {
  if (at < 0 || at + width > bytes.length) throw new RangeError(`byte ${at + width} of ${bytes.length}`);
}

/** Number of characters in one call of `String.fromCharCode`, far below the limit of the stack. */
const AT_ONCE = 4096;

/** The bytes `[start, end)` as ISO 8859-1, each the character of its number. `TextDecoder` reads windows-1252 instead. */
export function latin1(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = '';
  for (let at = start; at < end; at += AT_ONCE) {
    text += String.fromCharCode(...bytes.subarray(at, Math.min(end, at + AT_ONCE)));
  }
  return text;
}

/** The first position of `pattern` at or after `from`; -1 if there is none. */
export function indexOfBytes(bytes: Uint8Array, pattern: readonly number[], from: number): number {
  const [first = 0] = pattern;
  let at = bytes.indexOf(first, from);
  while (at >= 0 && !pattern.every((byte, offset) => bytes[at + offset] === byte)) {
    at = bytes.indexOf(first, at + 1);
  }
  return at;
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
