import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NetworkBuilder } from '@ichor/nn';
import { describeMatch, matchWeights, readCheckpoint, writeSafetensors } from './index.js';
import { expect, it } from 'vitest';

it('the first example of the README works', async () => {
  const builder = new NetworkBuilder('small');
  const x = builder.input('image', [2, null, null]);
  const y = builder.conv2d(x, 'conv', { inChannels: 2, outChannels: 3, kernel: 1, bias: true });
  builder.output('logits', builder.batchNorm(y, 'norm', { channels: 3 }));
  const network = builder.build();
  const path = new URL('./fixtures/layer.zip.pth', import.meta.url).pathname;
  const target = join(await mkdtemp(join(tmpdir(), 'ichor-readme-')), 'small.safetensors');

  const checkpoint = await readCheckpoint(path);
  const { state, report } = matchWeights(network, checkpoint.tensors);
  await writeSafetensors(target, state, { trainedOn: 'phantom' });

  expect(describeMatch(report)).toBe('6 tensors matched');
  expect((await readCheckpoint(target)).tensors).toEqual(state);

  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  for (const line of [
    'const { state, report } = matchWeights(network, checkpoint.tensors);',
    "state, { trainedOn: 'phantom' });",
  ]) {
    expect(readme).toContain(line);
  }
});
