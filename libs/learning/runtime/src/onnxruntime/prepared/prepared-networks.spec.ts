import { createHash } from 'node:crypto';
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { exportOnnx, initialize, NetworkBuilder, type Tensor } from '@ichor/nn';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEngine } from '../../create-engine.js';
import { openOnnx } from '../open-onnx.js';
import { OnnxThread } from '../onnx-thread.js';
import { isIntact, readEntry } from './entry.js';
import { identityOf } from './file-identity.js';
import { makeSpace } from './make-space.js';
import { openPrepared, prepareNetwork } from './open-prepared.js';
import { PreparedNetworks, type Preparation } from './prepared-networks.js';

const engine = { provider: 'cpu', threads: 1 } as const;
const image: Tensor = {
  shape: [2, 3, 17, 17],
  data: Float32Array.from({ length: 2 * 3 * 17 * 17 }, (_, i) => Math.sin(i)),
};

let folder: string;
let path: string;
let sha256: string;
let networks: PreparedNetworks;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-prepared-'));
  path = join(folder, 'net.onnx');
  sha256 = await network(path, 5);
  // Files of this moment might change unseen.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_000 });
  networks = (await PreparedNetworks.open(join(folder, 'cache'), engine))!;
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});

/** Plain, grouped, depthwise and strided convolutions, batch norm, a product, and weights above and below a kilobyte. */
async function network(to: string, seed: number): Promise<string> {
  const builder = new NetworkBuilder('net');
  const x = builder.input('image', [3, null, null]);
  const first = builder.conv2d(x, 'c1', { inChannels: 3, outChannels: 32, kernel: 3, stride: 2 });
  const normed = builder.relu(builder.batchNorm(first, 'bn', { channels: 32 }));
  const grouped = builder.conv2d(normed, 'c2', { inChannels: 32, outChannels: 64, kernel: 3, groups: 4 });
  const depthwise = builder.conv2d(builder.swish(grouped), 'c3', {
    inChannels: 64,
    outChannels: 64,
    kernel: 3,
    groups: 64,
  });
  const pooled = builder.flatten(builder.globalAvgPool(depthwise));
  builder.output('logits', builder.linear(pooled, 'fc', { inFeatures: 64, outFeatures: 6 }));
  const built = builder.build();
  const bytes = exportOnnx(built, initialize(built, seed));
  await writeFile(to, bytes);
  return createHash('sha256').update(bytes).digest('hex');
}

const checked = async (file = path): Promise<Preparation['checked']> => ({
  identity: await identityOf(file),
});

/** The logits of a network that is opened by a preparation. */
async function logits(preparation: Preparation, file = path): Promise<Tensor> {
  const session = await openPrepared(file, preparation, engine);
  const { logits: answer } = await session.run({ image });
  await session.dispose();
  return answer!;
}

async function plainLogits(file = path): Promise<Tensor> {
  const session = await openOnnx(file, engine);
  const { logits: answer } = await session.run({ image });
  await session.dispose();
  return answer!;
}

describe('a prepared network', () => {
  it('gives the numbers of the file, bit for bit, when it is made and when it is found', async () => {
    const expected = await plainLogits();
    const preparation = networks.preparation(sha256, await checked());
    expect(await logits(preparation)).toEqual(expected);
    expect((await readdir(preparation.folder)).sort()).toEqual(['entry.json', 'network.onnx', 'weights.bin']);
    const thread = new OnnxThread(engine);
    // The file is not read: another network is there.
    await network(path, 6);
    const session = await thread.open(path, networks.preparation(sha256, null));
    expect((await session.run({ image }))['logits']).toEqual(expected);
    expect(await plainLogits()).not.toEqual(expected);
    await thread.close();
  });

  it('is made later, with the same numbers, where the file is opened as it is', async () => {
    const preparation = networks.preparation(sha256, await checked());
    const thread = new OnnxThread(engine);
    const session = await thread.open(path, preparation, true);
    const expected = await plainLogits();
    expect((await session.run({ image }))['logits']).toEqual(expected);
    await expect(stat(preparation.folder)).rejects.toMatchObject({ code: 'ENOENT' });
    await thread.prepare(path, preparation);
    expect((await readdir(preparation.folder)).sort()).toEqual(['entry.json', 'network.onnx', 'weights.bin']);
    const { mtimeMs } = await stat(join(preparation.folder, 'weights.bin'));
    // It is not made again, and found by what opens later.
    await thread.prepare(path, preparation);
    expect((await stat(join(preparation.folder, 'weights.bin'))).mtimeMs).toBe(mtimeMs);
    await network(path, 6);
    const again = await thread.open(path, networks.preparation(sha256, null), true);
    expect((await again.run({ image }))['logits']).toEqual(expected);
    await thread.close();
  });

  it('is not made later of a file that was changed since it was checked', async () => {
    const preparation = networks.preparation(sha256, await checked());
    expect(preparation.checked?.identity).toBeDefined();
    await network(path, 6);
    const unknown = networks.preparation(sha256, { identity: undefined });
    const unchecked = networks.preparation(sha256, null);
    const refused = { code: 'runtime/onnx', reason: expect.stringContaining('its hash differs') };
    for (const how of [preparation, unknown, unchecked]) {
      await expect(prepareNetwork(path, how, engine)).rejects.toMatchObject(refused);
      // Nor is it used.
      await expect(openPrepared(path, how, engine)).rejects.toMatchObject(refused);
    }
    expect(await readdir(dirname(preparation.folder))).toEqual([]);
    // A copy of the file that was checked, which has other times, is made.
    await network(path, 5);
    await prepareNetwork(path, preparation, engine);
    expect(await isIntact(preparation.folder, (await readEntry(preparation.folder))!)).toBe(true);
  });

  it('leaves nothing behind where it cannot be made later', async () => {
    const blocked = join(folder, 'blocked');
    await writeFile(blocked, '');
    await prepareNetwork(
      path,
      { ...networks.preparation(sha256, await checked()), folder: join(blocked, 'a') },
      engine,
    );
    expect(await readFile(blocked, 'utf8')).toBe('');
  });

  it('in 8 bits gives the numbers of the file too', async () => {
    const builder = new NetworkBuilder('bytes');
    let x = builder.input('image', [3, null, null]);
    for (const [i, inChannels] of [3, 32, 32, 32].entries())
      x = builder.relu(
        builder.conv2d(x, `c${i}`, { inChannels, outChannels: 32, kernel: 3, groups: i === 2 ? 8 : 1 }),
      );
    builder.output('logits', builder.flatten(builder.globalAvgPool(x)));
    const built = builder.build();
    const state = initialize(built, 5);
    const { eightBit } = await createEngine('onnxruntime', engine);
    const observed = await eightBit!.observe(built, state);
    const { lowest, highest } = await observed.run({ image });
    await observed.dispose();
    const ranges = new Map(
      observed.values.map((name, i) => [name, { low: lowest!.data[i]!, high: highest!.data[i]! }]),
    );
    const bytes = exportOnnx(built, state, {}, { ranges });
    await writeFile(path, bytes);
    const preparation = networks.preparation(
      createHash('sha256').update(bytes).digest('hex'),
      await checked(),
    );
    const expected = await plainLogits();
    for (const run of ['made', 'found']) expect(await logits(preparation), run).toEqual(expected);
    // Operators on bytes, and not float32 ones between roundings.
    const graph = await readFile(join(preparation.folder, 'network.onnx'), 'latin1');
    expect(graph).toContain('QLinearConv');
    // Those of the engine itself.
    const session = await eightBit!.inference(built, state, ranges);
    expect((await session.run({ image }))['logits']).toEqual(expected);
    await session.dispose();
  });

  it.each(['network.onnx', 'weights.bin', 'entry.json'])(
    'is made again where its %s is damaged',
    async (name) => {
      const preparation = networks.preparation(sha256, await checked());
      const expected = await logits(preparation);
      const whole = await readFile(join(preparation.folder, name));
      const damages: ((bytes: Buffer) => Buffer)[] = [
        (bytes) => bytes.subarray(0, bytes.length >> 1),
        (bytes) => Buffer.concat([bytes, bytes]),
        (bytes) => {
          bytes[bytes.length >> 1]! ^= 0x40;
          return bytes;
        },
      ];
      for (const damage of damages) {
        await writeFile(join(preparation.folder, name), damage(Buffer.from(whole)));
        expect(await logits(networks.preparation(sha256, null))).toEqual(expected);
        expect(await isIntact(preparation.folder, (await readEntry(preparation.folder))!)).toBe(true);
      }
      await rm(join(preparation.folder, name));
      expect(await logits(networks.preparation(sha256, null))).toEqual(expected);
    },
  );

  it('is made once where several threads begin at the same time', async () => {
    const expected = await plainLogits();
    const preparation = networks.preparation(sha256, await checked());
    const all = await Promise.all(Array.from({ length: 4 }, () => logits(preparation)));
    for (const one of all) expect(one).toEqual(expected);
    expect(await readdir(dirname(preparation.folder))).toEqual([sha256]);
    expect(await isIntact(preparation.folder, (await readEntry(preparation.folder))!)).toBe(true);
  });

  it('is not made of a file with another hash', async () => {
    await expect(logits(networks.preparation('0'.repeat(64), null))).rejects.toMatchObject({
      code: 'runtime/onnx',
      file: path,
      reason: expect.stringContaining('its hash differs'),
    });
  });

  it('is opened as it is where nothing can be written', async () => {
    const blocked = join(folder, 'blocked');
    await writeFile(blocked, '');
    const preparation = { ...networks.preparation(sha256, await checked()), folder: join(blocked, 'a') };
    expect(await logits(preparation)).toEqual(await plainLogits());
    expect(await readFile(blocked, 'utf8')).toBe('');
  });

  it('leaves nothing behind of a file that cannot be opened', async () => {
    await writeFile(path, 'hello');
    const preparation = networks.preparation(sha256, await checked());
    await expect(logits(preparation)).rejects.toMatchObject({ code: 'runtime/onnx', file: path });
    expect(await readdir(dirname(preparation.folder))).toEqual([]);
  });
});

describe('graphOf', () => {
  it('knows the file that was hashed, and no other or changed one', async () => {
    expect(await networks.graphOf(path, sha256)).toBeUndefined();
    const preparation = networks.preparation(sha256, await checked());
    await logits(preparation);
    expect(await networks.graphOf(path, sha256)).toEqual(
      await readFile(join(preparation.folder, 'network.onnx')),
    );
    const copy = join(folder, 'copy.onnx');
    await copyFile(path, copy);
    expect(await networks.graphOf(copy, sha256)).toBeUndefined();
    // Hashed by a run, the copy is known too.
    await logits(networks.preparation(sha256, await checked(copy)), copy);
    expect(await networks.graphOf(copy, sha256)).toBeDefined();
    expect(await networks.graphOf(path, sha256)).toBeDefined();
    // One bit more, the same size, and the time of before: the time of the change of the inode cannot be set.
    const { atime, mtime } = await stat(copy);
    const bytes = await readFile(copy);
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(copy, bytes);
    await utimes(copy, atime, mtime);
    expect(await networks.graphOf(copy, sha256)).toBeUndefined();
  });

  it('gives no graph that is damaged', async () => {
    const preparation = networks.preparation(sha256, await checked());
    await logits(preparation);
    await writeFile(join(preparation.folder, 'network.onnx'), 'hello');
    expect(await networks.graphOf(path, sha256)).toBeUndefined();
  });
});

describe('identityOf', () => {
  it('does not tell a file that has just changed: a later change might have the same time', async () => {
    vi.useRealTimers();
    await writeFile(path, 'new');
    expect(await identityOf(path)).toBeUndefined();
  });
});

describe.skipIf(process.platform === 'win32')(
  'the folder of prepared networks (needs rights of POSIX)',
  () => {
    it('is for its user alone, and is not used where others can write', async () => {
      const cache = join(folder, 'cache');
      const own = join(cache, `networks-of-${process.getuid!()}`);
      expect((await stat(own)).mode & 0o777).toBe(0o700);
      await chmod(own, 0o770);
      expect(await PreparedNetworks.open(cache, engine)).toBeUndefined();
      const file = join(folder, 'file');
      await writeFile(file, '');
      expect(await PreparedNetworks.open(file, engine)).toBeUndefined();
    });
  },
);

describe('makeSpace', () => {
  it('removes what was used least recently, and what is not whole', async () => {
    const machine = join(folder, 'own', 'machine');
    const entry = async (name: string, bytes: number, used: number) => {
      const sum = { bytes, crc32: 0 };
      await mkdir(join(machine, name), { recursive: true });
      const file = join(machine, name, 'entry.json');
      await writeFile(file, JSON.stringify({ format: 1, graph: sum, sources: [] }));
      await utimes(file, used, used);
    };
    await entry('oldest', 40, 100);
    await entry('newest', 40, 300);
    await entry('older', 40, 200);
    await mkdir(join(machine, 'nothing'));
    await makeSpace(machine, 20, 140);
    expect((await readdir(machine)).sort()).toEqual(['newest', 'nothing', 'older', 'oldest']);
    await makeSpace(machine, 30, 110);
    expect((await readdir(machine)).sort()).toEqual(['newest', 'older']);
    await expect(makeSpace(machine, 200, 110)).rejects.toThrow('no space for 200 bytes');
  });
});
