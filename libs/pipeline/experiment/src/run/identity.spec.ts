import { expect, it } from 'vitest';
import { differences, hashOf } from './identity.js';

it('tells which settings changed', () => {
  const before = { imageSize: 16, flip: 0.5, schedule: { gamma: 0.5 } };
  const now = { imageSize: 128, schedule: { gamma: 0.5 }, mixup: { alpha: 0.3 } };
  expect(differences(before, now)).toEqual([
    'flip: was 0.5, now undefined',
    'imageSize: was 16, now 128',
    'mixup: was undefined, now {"alpha":0.3}',
  ]);
});

it('hashes as sha256sum does', () => {
  // printf '{"a":1}' | sha256sum | cut -c1-16
  expect(hashOf({ a: 1 })).toBe('015abd7f5cc57a2d');
});
