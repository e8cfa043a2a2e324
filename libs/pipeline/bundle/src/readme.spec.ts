import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBundle, openBundle } from '@ichor/bundle';
import { expect, it } from 'vitest';
import { makeRoot } from './testing/index.js';

it('runs the first example of the README', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ichor-bundle-readme-'));
  const { root } = await makeRoot(join(folder, 'root'));
  const out = join(folder, 'bundles', 'mine');
  await createBundle({ out, name: 'mine', root });
  const { manifest, path } = await openBundle(out);
  expect(existsSync(path(manifest.networks[0]!.onnx))).toBe(true);
  await rm(folder, { recursive: true });
});
