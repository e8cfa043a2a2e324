import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { NetworkBuilder, initialize } from '@ichor/nn';
import { expect, it } from 'vitest';
import { createEngine } from '../create-engine.js';

it('writes the time of every node of a disposed session to a file, and of no other session', async () => {
  const folder = await mkdtemp(join(os.tmpdir(), 'ichor-profile-'));
  try {
    const builder = new NetworkBuilder('linear');
    const x = builder.input('x', [2]);
    builder.output('logits', builder.linear(x, 'fc', { inFeatures: 2, outFeatures: 1 }));
    const network = builder.build();
    const engine = await createEngine('onnxruntime', { provider: 'cpu', profile: join(folder, 'nodes') });
    const session = await engine.inference(network, initialize(network, 0));
    const row = { shape: [1, 2], data: Float32Array.of(1, 2) };
    for (let run = 0; run < 3; run++) await session.run({ x: row });
    await session.dispose();
    const files = await readdir(folder);
    expect(files).toHaveLength(1);
    const events = JSON.parse(await readFile(join(folder, files[0]!), 'utf8')) as {
      readonly name: string;
      readonly args?: { readonly op_name?: string };
    }[];
    const kernels = events.filter(
      ({ name, args }) => args?.op_name === 'Gemm' && name.endsWith('_kernel_time'),
    );
    expect(kernels).toHaveLength(3);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
