import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportOnnx, initialize, NetworkBuilder } from '@ichor/nn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WantedFile } from './check-file.js';
import { FileChecker } from './file-checker.js';

let folder: string;
let checker: FileChecker;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-check-'));
  checker = new FileChecker();
});
afterAll(async () => {
  await checker.close();
  await rm(folder, { recursive: true });
});

async function wanted(name: string, content: Uint8Array, describe = false): Promise<WantedFile> {
  const path = join(folder, name);
  await writeFile(path, content);
  return {
    path,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    describe,
  };
}

/** An ONNX file of a little more than 4 bytes a parameter. */
function onnx(parameters: number): Uint8Array {
  const builder = new NetworkBuilder('net');
  const x = builder.input('image', [1, null, null]);
  const pooled = builder.flatten(builder.globalAvgPool(x));
  builder.output('logits', builder.linear(pooled, 'fc', { inFeatures: 1, outFeatures: parameters }));
  const network = builder.build();
  return exportOnnx(network, initialize(network, 1), { labels: 'any' });
}

// Files of over 16 MiB go to a thread.
describe.each([
  ['here', 100],
  ['in a thread', 2_200_000],
])('a file that is checked %s', (_, parameters) => {
  it('is right or not, and says what it is', async () => {
    const file = await wanted(`net-${parameters}`, onnx(parameters), true);
    const { isRight, description } = await checker.check(file);
    expect(isRight).toBe(true);
    expect(description?.metadata.get('labels')).toBe('any');
    expect(description?.outputs.map(({ name }) => name)).toEqual(['logits']);
    expect(await checker.check({ ...file, sha256: '0'.repeat(64) })).toEqual({ isRight: false });
    expect(await checker.check({ ...file, describe: false })).toEqual({ isRight: true });
  });

  it('is refused with a typed error when it is no model or cannot be read, and the next file is checked', async () => {
    const file = await wanted(`no-${parameters}`, new Uint8Array(8 * parameters).fill(0xff), true);
    await expect(checker.check(file)).rejects.toMatchObject({ code: 'nn/onnx' });
    await expect(checker.check({ ...file, path: join(folder, 'none') })).rejects.toThrow('ENOENT');
    expect(await checker.check({ ...file, describe: false })).toEqual({ isRight: true });
  });

  it('is left at the signal', async () => {
    const file = await wanted(`left-${parameters}`, new Uint8Array(8 * parameters));
    await expect(checker.check(file, AbortSignal.abort(new RangeError('stopped')))).rejects.toThrow(
      'stopped',
    );
    const stop = new AbortController();
    const checking = checker.check(file, stop.signal);
    stop.abort(new RangeError('stopped'));
    await expect(checking).rejects.toThrow('stopped');
  });
});
