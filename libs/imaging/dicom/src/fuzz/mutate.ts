import { present } from '@ichor/files/present';
import type { RandomStream } from '@ichor/files/random';

type Mutation = (bytes: Buffer, random: RandomStream, others: readonly Buffer[]) => Buffer;

const EXTREMES = [
  0, 1, 2, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0xfffffffe,
];

/** Low bytes of the elements of group 0028 that decide about memory: Rows, Columns, frames, bits... */
const SIZES = [0x02, 0x08, 0x10, 0x11, 0x00, 0x01, 0x03];

const mutations: Readonly<Record<string, Mutation>> = {
  'flip bytes': (bytes, random) => {
    for (let n = 1 + random.integer(8); n > 0; n--) bytes[random.integer(bytes.length)] = random.integer(256);
    return bytes;
  },
  'flip bits near the pixels': (bytes, random) => {
    const pixels = bytes.indexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00]));
    const start = Math.max(0, pixels);
    for (let n = 1 + random.integer(4); n > 0; n--) {
      const at = start + random.integer(Math.min(160, bytes.length - start));
      bytes[at]! ^= 1 << random.integer(8);
    }
    return bytes;
  },
  'flip bytes of the pixels': (bytes, random) => {
    // After the element header, the offset table and the first item header, so that the codecs read it.
    const start = Math.max(0, bytes.indexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00]))) + 28;
    if (start >= bytes.length) return bytes;
    for (let n = 1 + random.integer(6); n > 0; n--) {
      bytes[start + random.integer(bytes.length - start)] = random.integer(256);
    }
    return bytes;
  },
  'set a length': (bytes, random) => {
    if (bytes.length < 4) return bytes;
    const value = random.integer(3) === 0 ? random.integer(2 ** 32) : random.pick(EXTREMES);
    const at = random.integer(bytes.length - 3);
    if (random.integer(2) === 0) bytes.writeUInt16LE(value & 0xffff, at);
    else bytes.writeUInt32LE(value, at);
    return bytes;
  },
  'set a size attribute': (bytes, random) => {
    for (let tries = 0; tries < 8; tries++) {
      const tag = Buffer.from([0x28, 0x00, random.pick(SIZES), random.integer(2)]);
      const at = bytes.indexOf(tag);
      if (at < 0 || at + 10 > bytes.length) continue;
      bytes.writeUInt16LE(
        random.integer(4) === 0 ? random.integer(65536) : random.pick(EXTREMES) & 0xffff,
        at + 8,
      );
      break;
    }
    return bytes;
  },
  truncate: (bytes, random) => bytes.subarray(0, random.integer(bytes.length)),
  'cut out': (bytes, random) => {
    const [from, to] = range(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  repeat: (bytes, random) => {
    const [from, to] = range(bytes, random);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  insert: (bytes, random) => {
    const at = random.integer(bytes.length);
    const noise = Buffer.from(Array.from({ length: 1 + random.integer(32) }, () => random.integer(256)));
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
  splice: (bytes, random, others) => {
    const other = random.pick(others);
    return Buffer.concat([
      bytes.subarray(0, random.integer(bytes.length)),
      other.subarray(random.integer(other.length)),
    ]);
  },
  zero: (bytes, random) => bytes.fill(random.pick([0, 0xff, 0xfe]), ...range(bytes, random)),
};

function range(bytes: Buffer, random: RandomStream): [from: number, to: number] {
  const from = random.integer(bytes.length);
  return [from, Math.min(bytes.length, from + 1 + random.integer(256))];
}

/** Keep the structure of the file, so that the decoders are reached; drawn as often as all others together. */
const GENTLE = ['flip bytes of the pixels', 'flip bits near the pixels', 'set a size attribute'];

/** A copy of `source`, mutated one to three times. */
export function mutate(
  source: Buffer,
  random: RandomStream,
  others: readonly Buffer[],
): { readonly bytes: Buffer; readonly how: string } {
  const names = random.integer(2) === 0 ? GENTLE : Object.keys(mutations);
  const how: string[] = [];
  let bytes: Buffer = Buffer.from(source);
  for (let n = 1 + random.integer(3); n > 0 && bytes.length > 0; n--) {
    const name = random.pick(names);
    how.push(name);
    bytes = present(mutations[name])(bytes, random, others);
  }
  return { bytes, how: how.join(', ') };
}
