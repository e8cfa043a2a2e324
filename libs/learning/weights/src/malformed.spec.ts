import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { crc32, deflateRawSync } from 'node:zlib';
import { elementCount } from '@ichor/nn';
import { describe, expect, it } from 'vitest';
import { bytesAsSource } from './byte-source.js';
import { readCheckpointSource } from './checkpoint.js';
import { WeightsError } from './error.js';
import { readZipDirectory, readZipEntry } from './zip.js';

const fixture = (name: string) => readFileSync(fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url)));
const read = (bytes: Uint8Array) => readCheckpointSource(bytesAsSource('made.pth', bytes));

interface Entry {
  readonly name: string;
  readonly data: Uint8Array;
  readonly method?: number;
  /** Wrong values for the headers. */
  readonly size?: number;
  readonly offset?: number;
}

/** A zip archive by APPNOTE 4.3, whose headers may be wrong. */
function zip(entries: readonly Entry[]): Uint8Array {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const { name, data, method = 0, size = data.length, offset } of entries) {
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(method, 4);
    fields.writeUInt32LE(crc32(data), 10);
    fields.writeUInt32LE(data.length, 14);
    fields.writeUInt32LE(size, 18);
    fields.writeUInt16LE(name.length, 22);
    const header = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name)]);
    local.push(header, Buffer.from(data));
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset ?? at, 10);
    central.push(Buffer.concat([Buffer.from('PK\x01\x02\0\0'), fields, tail, Buffer.from(name)]));
    at += header.length + data.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...local, directory, end]);
}

const text = (value: string) =>
  Buffer.concat([Buffer.from('X'), Buffer.from(Uint32Array.of(value.length).buffer), Buffer.from(value)]);
const int = (value: number) => Buffer.concat([Buffer.from('J'), Buffer.from(Int32Array.of(value).buffer)]);

/** A name and a tensor as PyTorch writes them, with any numbers. */
function item({ elements = 2, offset = 0, size = [2], stride = [1], key = '0', name = 'w' } = {}): Buffer {
  const sizes = (values: number[]) => [Buffer.from('('), ...values.map(int), Buffer.from('t')];
  return Buffer.concat([
    text(name),
    Buffer.from('ctorch._utils\n_rebuild_tensor_v2\n(('),
    text('storage'),
    Buffer.from('ctorch\nFloatStorage\n'),
    text(key),
    text('cpu'),
    int(elements),
    Buffer.from('tQ'),
    int(offset),
    ...sizes(size),
    ...sizes(stride),
    Buffer.from('\x89NtRs', 'latin1'),
  ]);
}

const pickle = (...parts: Buffer[]) =>
  Buffer.concat([Buffer.from('\x80\x02', 'latin1'), ...parts, Buffer.from('.')]);
const dict = (...items: Buffer[]) => pickle(Buffer.from('}'), ...items);
const tensorPickle = (numbers: Parameters<typeof item>[0] = {}) => dict(item(numbers));

/** `name` called with one long argument again and again: five bytes a copy. */
function copies(name: string, argument: Buffer): Buffer {
  const again = Buffer.alloc(5 * 1000, 'h\0h\x01R');
  return pickle(Buffer.from(`c${name}\nq\0`), argument, Buffer.from('q\x01'), again);
}
const longTuple = Buffer.concat([
  Buffer.from('('),
  Buffer.alloc(2 * 10_000, 'K\x01'),
  Buffer.from('t\x85', 'latin1'),
]);

const archive = (content: Uint8Array, storage: Uint8Array = new Uint8Array(8)) =>
  zip([
    { name: 'a/data.pkl', data: content },
    { name: 'a/data/0', data: storage },
  ]);

type RandomBelow = (limit: number) => number;

function randomBelow(seed: number): RandomBelow {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

function damaged(whole: Uint8Array, random: RandomBelow): Uint8Array {
  const bytes = Uint8Array.from(whole.subarray(0, random(5) === 0 ? random(whole.length) : whole.length));
  for (let flips = 0; flips < 1 + random(3); flips++) bytes[random(bytes.length)] = random(256);
  return bytes;
}

/** With a corrected checksum; otherwise the checksum would catch nearly every change. */
async function damagedPickle(whole: Uint8Array, random: RandomBelow): Promise<Uint8Array> {
  const source = bytesAsSource('whole.pth', whole);
  const entries: Entry[] = [];
  for (const entry of (await readZipDirectory(source)).values()) {
    const data = await readZipEntry(source, entry);
    entries.push({ name: entry.name, data: entry.name.endsWith('.pkl') ? damaged(data, random) : data });
  }
  return zip(entries);
}

describe('malformed PyTorch files', () => {
  it('reads the well-formed one that the others are made from', async () => {
    const { tensors } = await read(archive(tensorPickle(), Buffer.from(Float32Array.of(3, 4).buffer)));
    expect(tensors.get('w')).toEqual({ shape: [2], data: Float32Array.of(3, 4) });
  });

  const good = tensorPickle();
  const deflated = deflateRawSync(Buffer.alloc(1_000_000));
  it.each<[string, string, Uint8Array]>([
    ['a storage shorter than said', 'weights/storage', archive(good, new Uint8Array(4))],
    ['a storage far larger than the file', 'weights/storage', archive(tensorPickle({ elements: 2 ** 30 }))],
    ['a tensor that leaves its storage', 'weights/storage', archive(tensorPickle({ size: [3] }))],
    ['an offset that leaves it', 'weights/storage', archive(tensorPickle({ offset: 1 }))],
    ['a stride that leaves it', 'weights/storage', archive(tensorPickle({ stride: [2] }))],
    ['a negative stride', 'weights/pickle', archive(tensorPickle({ stride: [-1] }))],
    ['a negative element count', 'weights/pickle', archive(tensorPickle({ elements: -1 }))],
    ['more strides than sizes', 'weights/pickle', archive(tensorPickle({ stride: [1, 1] }))],
    [
      'one element spread over 2^60',
      'weights/too-large',
      archive(tensorPickle({ size: [2 ** 30, 2 ** 30], stride: [0, 0] })),
    ],
    [
      'a size that is not a number because of a zero, before one too large',
      'weights/too-large',
      archive(
        dict(
          item({
            name: 'a',
            size: [...Array<number>(34).fill(2 ** 30), 0],
            stride: Array<number>(35).fill(0),
          }),
          item({ name: 'b', size: [2 ** 28], stride: [0] }),
        ),
      ),
    ],
    [
      'a storage of two sizes',
      'weights/storage',
      archive(dict(item({ name: 'a' }), item({ name: 'b', elements: 4, size: [4] }))),
    ],
    ['a list copied again and again', 'weights/too-large', archive(copies('torch\nSize', longTuple))],
    [
      'text copied again and again',
      'weights/too-large',
      archive(
        copies(
          '_codecs\nencode',
          Buffer.concat([Buffer.from('('), text('x'.repeat(10_000)), text('latin1'), Buffer.from('t')]),
        ),
      ),
    ],
    ['three million values', 'weights/too-large', archive(pickle(Buffer.alloc(3_000_000, 'N')))],
    ['a key that is a path', 'weights/storage', archive(tensorPickle({ key: '../../etc/passwd' }))],
    ['an unknown opcode', 'weights/pickle-opcode', archive(Buffer.from('\x80\x02\xff.', 'latin1'))],
    ['the opcode INST', 'weights/pickle-opcode', archive(Buffer.from('(ios\nsystem\n.'))],
    ['an unknown name', 'weights/pickle-global', archive(Buffer.from('cbuiltins\neval\n.'))],
    ['a name of Object.prototype', 'weights/pickle-global', archive(Buffer.from('ctorch\nconstructor\n.'))],
    [
      'a name from the stack',
      'weights/pickle-global',
      archive(Buffer.concat([text('os'), text('system'), Buffer.from('\x93.', 'latin1')])),
    ],
    [
      'text longer than the pickle',
      'weights/truncated',
      archive(Buffer.from('X\xff\xff\xff\x7fa', 'latin1')),
    ],
    ['bytes of 2^63', 'weights/truncated', archive(Buffer.from('\x8e\0\0\0\0\0\0\0\x80.', 'latin1'))],
    ['an integer of 2 GiB', 'weights/pickle', archive(Buffer.from('\x8b\0\0\0\x7f.', 'latin1'))],
    ['an empty stack', 'weights/pickle', archive(Buffer.from('0.'))],
    ['a missing mark', 'weights/pickle', archive(Buffer.from('t.'))],
    ['a memo that is not set', 'weights/pickle', archive(Buffer.from('h\x05.'))],
    ['a call of a number', 'weights/pickle', archive(Buffer.from('K\x01)R.'))],
    ['protocol 9', 'weights/pickle', archive(Buffer.from('\x80\x09.', 'latin1'))],
    ['no dict', 'weights/no-tensors', archive(Buffer.from('N.'))],
    ['no data.pkl', 'weights/unknown-format', zip([{ name: 'a/b', data: good }])],
    [
      'TorchScript',
      'weights/unknown-format',
      zip([
        { name: 'a/data.pkl', data: good },
        { name: 'a/constants.pkl', data: good },
      ]),
    ],
    [
      'another byte order',
      'weights/unknown-format',
      zip([
        { name: 'a/data.pkl', data: good },
        { name: 'a/byteorder', data: Buffer.from('big') },
      ]),
    ],
    [
      'a zip bomb',
      'weights/compressed-entry',
      zip([{ name: 'a/data.pkl', data: deflated, method: 8, size: 1_000_000 }]),
    ],
    [
      'a stored entry of two sizes',
      'weights/compressed-entry',
      zip([{ name: 'a/data.pkl', data: good, size: 5 }]),
    ],
    ['an absolute name', 'weights/zip', zip([{ name: '/a/data.pkl', data: good }])],
    ['a name that climbs', 'weights/zip', zip([{ name: 'a/../data.pkl', data: good }])],
    [
      'a doubled name',
      'weights/zip',
      zip([
        { name: 'a/data.pkl', data: good },
        { name: 'a/data.pkl', data: good },
      ]),
    ],
    [
      'overlapping entries',
      'weights/zip',
      zip([
        { name: 'a/data.pkl', data: good },
        { name: 'a/data/0', data: good, offset: 4 },
      ]),
    ],
    ['an entry beyond the file', 'weights/zip', zip([{ name: 'a/data.pkl', data: good, offset: 1e9 }])],
    [
      'a damaged byte',
      'weights/checksum',
      zip([{ name: 'a/data.pkl', data: good }]).map((byte, i) => (i === 60 ? byte ^ 1 : byte)),
    ],
    ['no end record', 'weights/zip', archive(good).subarray(0, -30)],
    ['nothing at all', 'weights/unknown-format', new Uint8Array()],
    ['a web page', 'weights/unknown-format', Buffer.from('<!doctype html><html></html>')],
  ])('refuses %s', async (_, code, bytes) => {
    const error: unknown = await read(bytes).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WeightsError);
    expect(error).toMatchObject({ code, file: 'made.pth' });
  });

  it('reads the state dict, not the tensors next to it, and names what it left out', async () => {
    const storage = Buffer.from(Float32Array.of(3, 4).buffer);
    const inner = [text('state_dict'), Buffer.from('}'), item(), Buffer.from('s')];
    const root = pickle(Buffer.from('}'), item({ name: 'class_weights', size: [1] }), ...inner);
    const { tensors, under, skipped } = await read(archive(root, storage));
    expect([...tensors.keys()]).toEqual(['w']);
    expect({ under, skipped }).toEqual({
      under: 'state_dict',
      skipped: [{ name: 'class_weights', holds: 'tensor [1]' }],
    });
  });

  it('gives the five pickles of a stream file one budget', async () => {
    // MAGIC and protocol as torch.save writes them; then lists of 900,000 values, two of which are below the limit.
    const magic = Buffer.from([
      0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e,
    ]);
    const protocol = Buffer.from([0x80, 2, 0x4d, 0xe9, 0x03, 0x2e]);
    const list = pickle(Buffer.from('('), Buffer.alloc(900_000, 'N'), Buffer.from('l'));
    await expect(read(Buffer.concat([magic, protocol, list, list, list]))).rejects.toMatchObject({
      code: 'weights/too-large',
    });
  });

  it.each([
    ['bytes', 'state.zip.pth'],
    ['pickle', 'state.zip.pth'],
    ['pickle', 'training.zip.pth'],
    ['bytes', 'state.stream.pth'],
    ['bytes', 'training.stream.pth'],
    ['bytes', 'state.safetensors'],
    ['bytes', 'state.protocol4.pth'],
  ] as const)(
    'ends in whole tensors or a typed error for 400 copies with damaged %s of %s',
    async (what, name) => {
      const damage = what === 'bytes' ? damaged : damagedPickle;
      const random = randomBelow(12345);
      for (let round = 0; round < 400; round++) {
        const result: unknown = await read(await damage(fixture(name), random)).then(
          ({ tensors }) =>
            [...tensors.values()].filter((tensor) => tensor.data.length !== elementCount(tensor.shape)),
          (reason: unknown) => reason,
        );
        if (Array.isArray(result)) expect(result, `round ${round}`).toEqual([]);
        else expect(result, `round ${round}`).toBeInstanceOf(WeightsError);
      }
    },
  );

  it.each(['state.zip.pth', 'state.stream.pth', 'state.safetensors'])(
    'ends in a typed error for %s cut anywhere',
    async (name) => {
      const whole = fixture(name);
      for (let length = 0; length < whole.length; length += 7) {
        await expect(read(whole.subarray(0, length)), `cut at ${length}`).rejects.toBeInstanceOf(
          WeightsError,
        );
      }
    },
  );
});
