import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openBundle } from '@ichor/bundle';
import { describe, expect, it } from 'vitest';
import { phantomBundle, variedPhantomBundle } from './index.js';

describe.each([
  ['the bundle that comes with Ichor', phantomBundle],
  ['the one for bleeds of every age', variedPhantomBundle],
])('%s', (_, folder) => {
  it('opens, and says that it has seen synthetic heads only', async () => {
    const { manifest } = await openBundle(folder);
    expect(manifest.notice).toMatch(/synthetic heads only/);
    expect(manifest.networks.map(({ settings }) => settings.backbone)).toEqual([
      'densenet121-half',
      'densenet121-half',
      'efficientnet-lite0-half',
    ]);
    expect(manifest.thresholds.every((one) => one !== null)).toBe(true);
  });

  it('is small enough for a package: under 10 MB, with its log and its card', async () => {
    const names = await readdir(folder, { recursive: true });
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(10e6);
    expect(names).toEqual(expect.arrayContaining(['MODEL_CARD.md', 'training.log', 'manifest.json']));
  });
});
