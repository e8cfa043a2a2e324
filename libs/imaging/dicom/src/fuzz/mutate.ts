/** Deterministic generator of 32-bit numbers (mulberry32): the same seed gives the same cases everywhere. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Integer in [0, below). */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

type Mutation = (bytes: Buffer, random: Random, others: readonly Buffer[]) => Buffer;

const EXTREMES = [
  0, 1, 2, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0xfffffffe,
];

/** Low bytes of the elements of group 0028 that decide about memory: Rows, Columns, frames, bits... */
const SIZES = [0x02, 0x08, 0x10, 0x11, 0x00, 0x01, 0x03];

const mutations: Readonly<Record<string, Mutation>> = {
  'flip bytes': (bytes, random) => {
    for (let n = 1 + random.below(8); n > 0; n--) bytes[random.below(bytes.length)] = random.below(256);
    return bytes;
  },
  'flip bits near the pixels': (bytes, random) => {
    const pixels = bytes.indexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00]));
    const start = Math.max(0, pixels);
    for (let n = 1 + random.below(4); n > 0; n--) {
      const at = start + random.below(Math.min(160, bytes.length - start));
      bytes[at]! ^= 1 << random.below(8);
    }
    return bytes;
  },
  'flip bytes of the pixels': (bytes, random) => {
    // Behind the element header, the offset table and the first item header, so that the codecs get to see it.
    const start = Math.max(0, bytes.indexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00]))) + 28;
    if (start >= bytes.length) return bytes;
    for (let n = 1 + random.below(6); n > 0; n--) {
      bytes[start + random.below(bytes.length - start)] = random.below(256);
    }
    return bytes;
  },
  'set a length': (bytes, random) => {
    if (bytes.length < 4) return bytes;
    const value = random.below(3) === 0 ? random.below(2 ** 32) : random.pick(EXTREMES);
    const at = random.below(bytes.length - 3);
    if (random.below(2) === 0) bytes.writeUInt16LE(value & 0xffff, at);
    else bytes.writeUInt32LE(value, at);
    return bytes;
  },
  'set a size attribute': (bytes, random) => {
    for (let tries = 0; tries < 8; tries++) {
      const tag = Buffer.from([0x28, 0x00, random.pick(SIZES), random.below(2)]);
      const at = bytes.indexOf(tag);
      if (at < 0 || at + 10 > bytes.length) continue;
      bytes.writeUInt16LE(
        random.below(4) === 0 ? random.below(65536) : random.pick(EXTREMES) & 0xffff,
        at + 8,
      );
      break;
    }
    return bytes;
  },
  truncate: (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  'cut out': (bytes, random) => {
    const [from, to] = range(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  repeat: (bytes, random) => {
    const [from, to] = range(bytes, random);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  insert: (bytes, random) => {
    const at = random.below(bytes.length);
    const noise = Buffer.from(Array.from({ length: 1 + random.below(32) }, () => random.below(256)));
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
  splice: (bytes, random, others) => {
    const other = random.pick(others);
    return Buffer.concat([
      bytes.subarray(0, random.below(bytes.length)),
      other.subarray(random.below(other.length)),
    ]);
  },
  zero: (bytes, random) => bytes.fill(random.pick([0, 0xff, 0xfe]), ...range(bytes, random)),
};

function range(bytes: Buffer, random: Random): [from: number, to: number] {
  const from = random.below(bytes.length);
  return [from, Math.min(bytes.length, from + 1 + random.below(256))];
}

/** Keep the structure of the file, so that the decoders are reached; drawn as often as all others together. */
const GENTLE = ['flip bytes of the pixels', 'flip bits near the pixels', 'set a size attribute'];

/** A copy of `source`, mutated one to three times. */
export function mutate(
  source: Buffer,
  random: Random,
  others: readonly Buffer[],
): { readonly bytes: Buffer; readonly how: string } {
  const names = random.below(2) === 0 ? GENTLE : Object.keys(mutations);
  const how: string[] = [];
  let bytes: Buffer = Buffer.from(source);
  for (let n = 1 + random.below(3); n > 0 && bytes.length > 0; n--) {
    const name = random.pick(names);
    how.push(name);
    bytes = mutations[name]!(bytes, random, others);
  }
  return { bytes, how: how.join(', ') };
}
