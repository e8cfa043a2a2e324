import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openBundle } from '@ichor/bundle';
import { describe, expect, it } from 'vitest';
import { phantomBundle } from './index.js';

describe('the bundle that comes with Ichor', () => {
  it('opens, and says that it has seen synthetic heads only', async () => {
    const { manifest } = await openBundle(phantomBundle);
    expect(manifest.notice).toMatch(/synthetic heads only/);
    expect(manifest.networks.map(({ settings }) => settings.backbone)).toEqual([
      'densenet121-half',
      'densenet121-half',
      'efficientnet-lite0-half',
    ]);
    expect(manifest.thresholds.every((one) => one !== null)).toBe(true);
  });

  it('is small enough for a package: under 10 MB, with its log and its card', async () => {
    const names = await readdir(phantomBundle, { recursive: true });
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(phantomBundle, name))).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(10e6);
    expect(names).toEqual(expect.arrayContaining(['MODEL_CARD.md', 'training.log', 'manifest.json']));
  });
});
