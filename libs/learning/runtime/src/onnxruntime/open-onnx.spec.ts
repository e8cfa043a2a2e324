import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportOnnx, initialize, NetworkBuilder } from '@ichor/nn';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../create-engine.js';
import { openOnnx } from './open-onnx.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-onnx-'));
});

describe('openOnnx', () => {
  it('gives the numbers of the engine, bit for bit, and only the outputs asked for', async () => {
    const builder = new NetworkBuilder('two outputs');
    const x = builder.input('image', [2, null, null]);
    const maps = builder.relu(
      builder.conv2d(x, 'conv', { inChannels: 2, outChannels: 3, kernel: 3, bias: true }),
    );
    builder.output('maps', maps);
    const pooled = builder.flatten(builder.globalAvgPool(maps));
    builder.output('logits', builder.linear(pooled, 'fc', { inFeatures: 3, outFeatures: 2 }));
    const network = builder.build();
    const state = initialize(network, 5);
    const path = join(folder, 'net.onnx');
    await writeFile(path, exportOnnx(network, state));

    const image = { shape: [1, 2, 5, 4], data: Float32Array.from({ length: 40 }, (_, i) => Math.sin(i)) };
    const engine = await (await createEngine('onnxruntime')).inference(network, state);
    const session = await openOnnx(path);
    expect(session.inputs).toEqual(['image']);
    const { logits, ...others } = await session.run({ image }, ['logits']);
    expect(others).toEqual({});
    expect(logits).toEqual((await engine.run({ image })).logits);
    await session.dispose();
    await engine.dispose();
  });

  it('names a file that is no model', async () => {
    const path = join(folder, 'bad.onnx');
    await writeFile(path, 'not a model');
    await expect(openOnnx(path)).rejects.toMatchObject({ code: 'runtime/onnx', file: path });
  });
});
