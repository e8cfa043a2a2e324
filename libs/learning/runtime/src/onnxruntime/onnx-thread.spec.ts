import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { exportOnnx, initialize, NetworkBuilder, type Tensor } from '@ichor/nn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openOnnx } from './open-onnx.js';
import { OnnxThread } from './onnx-thread.js';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-thread-'));
  const builder = new NetworkBuilder('net');
  const x = builder.input('image', [2, null, null]);
  const maps = builder.relu(
    builder.conv2d(x, 'conv', { inChannels: 2, outChannels: 64, kernel: 3, bias: true }),
  );
  const deeper = builder.conv2d(maps, 'conv2', { inChannels: 64, outChannels: 64, kernel: 3, bias: true });
  const pooled = builder.flatten(builder.globalAvgPool(deeper));
  builder.output('logits', builder.linear(pooled, 'fc', { inFeatures: 64, outFeatures: 2 }));
  builder.output('pooled', pooled);
  const network = builder.build();
  path = join(folder, 'net.onnx');
  await writeFile(path, exportOnnx(network, initialize(network, 5)));
});
afterAll(() => rm(folder, { recursive: true }));

const image = (size: number): Tensor => ({
  shape: [1, 2, size, size],
  data: Float32Array.from({ length: 2 * size * size }, (_, i) => Math.sin(i)),
});

describe('OnnxThread', () => {
  it('gives the numbers of openOnnx, bit for bit, and leaves the input as it is', async () => {
    const here = await openOnnx(path, { provider: 'cpu', threads: 1 });
    const thread = new OnnxThread({ provider: 'cpu', threads: 1 });
    const there = await thread.open(path);
    expect([there.inputs, there.outputs, there.provider]).toEqual([here.inputs, here.outputs, here.provider]);
    // A part of a larger array, as a batch of a study is.
    const whole = new Float32Array(2 * 2 * 25).fill(0.5);
    const part: Tensor = { shape: [1, 2, 5, 5], data: whole.subarray(50) };
    const expected = await here.run({ image: part }, ['logits']);
    expect(await there.run({ image: part }, ['logits'])).toEqual(expected);
    expect(whole.length).toBe(100);
    const [first, second] = await Promise.all([
      there.run({ image: image(9) }),
      there.run({ image: image(6) }),
    ]);
    expect(first).toEqual(await here.run({ image: image(9) }));
    expect(second).toEqual(await here.run({ image: image(6) }));
    await there.dispose();
    await thread.close();
    await here.dispose();
  });

  it('does not block the event loop of the caller while a network runs', async () => {
    const thread = new OnnxThread({ provider: 'cpu', threads: 1 });
    const session = await thread.open(path);
    let turns = 0;
    const running = session.run({ image: image(512) });
    let done = false;
    void running.then(() => (done = true));
    while (!done) {
      await setTimeout(1);
      turns++;
    }
    // 512 x 512 pixels through 64 x 64 kernels are 20 GFLOP: hundreds of milliseconds on one thread of any processor.
    expect(turns).toBeGreaterThan(5);
    await thread.close();
  });

  it('passes on the typed error of a file that is no model, and takes plain options of a larger object', async () => {
    const bad = join(folder, 'bad.onnx');
    await writeFile(bad, 'not a model');
    const options = { provider: 'cpu', onSlices: () => undefined } as const;
    const thread = new OnnxThread(options);
    await expect(thread.open(bad)).rejects.toMatchObject({ code: 'runtime/onnx', file: bad });
    const session = await thread.open(path);
    await expect(
      session.run({ image: { shape: [1, 3, 4, 4], data: new Float32Array(48) } }),
    ).rejects.toMatchObject({
      code: 'runtime/run',
    });
    await thread.close();
    await expect(session.run({ image: image(5) })).rejects.toMatchObject({ code: 'runtime/thread' });
  });
});
