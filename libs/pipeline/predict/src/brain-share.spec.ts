import { describe, expect, it } from 'vitest';
import { brainWarning } from './brain-share.js';

/** 64 x 64 pixels: air, a ring of bone, brain of 34 HU inside; `shift` HU are added to all, none is below `lowest`. */
function head(shift: number, lowest = -1024) {
  const side = 64;
  const data = Int16Array.from({ length: side * side }, (_, i) => {
    const radius = Math.hypot((i % side) - 32, Math.floor(i / side) - 32);
    return Math.max(lowest, (radius < 24 ? 34 : radius < 28 ? 900 : -1000) + shift);
  });
  return { width: side, height: side, data };
}

describe('brainWarning', () => {
  it('takes a head in Hounsfield units, one slice of it is enough', async () => {
    expect(await brainWarning([() => head(0)])).toEqual([]);
    expect(await brainWarning([() => head(1024), () => head(0)])).toEqual([]);
  });

  /** The stored values of CT are HU + 1024 or HU + 1000: a missing intercept shifts all of them. */
  it.each([1024, 1000, -1024, 500, -500])('sees a shift of %d HU', async (shift) => {
    expect(await brainWarning([() => head(shift)])).toEqual([
      expect.stringContaining('no slice shows brain'),
    ]);
  });

  it('asks for air: values cut off above it cannot be told from a shift', async () => {
    expect(await brainWarning([() => head(0, -50)])).toHaveLength(1);
  });
});
