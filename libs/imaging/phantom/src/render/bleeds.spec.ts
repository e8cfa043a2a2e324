import { describe, expect, it } from 'vitest';
import { BLEED_KINDS } from '../bleeds/bleed.js';
import { VISIBLE_AREA } from '../cohort/labels.js';
import { createStudy } from '../cohort/study.js';
import { MASK_BIT } from './rendered-slice.js';

const SIZE = 160;

function sweep(seed: number, kinds: readonly (typeof BLEED_KINDS)[number][]) {
  const patient = { set: 'train', index: 0, kinds, studies: 1 } as const;
  const { renderer, acquisition } = createStudy(patient, 0, { seed, size: SIZE }, true);
  return acquisition.positions.map((_, i) => {
    const { area, mask, hounsfield } = renderer.render(i);
    if (mask === undefined) throw new Error('masks were asked for');
    return { area: { ...area }, mask: mask.slice(), hounsfield: hounsfield.slice(), acquisition };
  });
}

describe.each(BLEED_KINDS)('%s', (kind) => {
  const studies = [11, 12, 13].map((seed) => sweep(seed, [kind]));

  it('shows in at least two neighbouring slices of every study', () => {
    for (const slices of studies) {
      const shown = slices.map(({ area }) => area[kind] >= VISIBLE_AREA);
      expect(shown.some((is, i) => is && shown[i + 1] === true)).toBe(true);
    }
  });

  it('has the area of its mask: partial volume makes up for at most 40 % of it and 60 mm²', () => {
    for (const { area, mask, acquisition } of studies.flat()) {
      const pixels = mask.reduce((count, bits) => count + ((bits & MASK_BIT[kind]) === 0 ? 0 : 1), 0);
      const masked = pixels * acquisition.spacing ** 2;
      // Blood in thin sulci never fills a pixel: its mask is smaller than its area.
      if (kind === 'subarachnoid') expect(masked).toBeLessThan(area[kind] * 1.6 + 60);
      else expect(Math.abs(masked - area[kind])).toBeLessThan(0.4 * area[kind] + 60);
    }
  });

  it('has a median of 50 to 90 HU where the mask says so (edges mix with bone and brain)', () => {
    const values = studies.flat().flatMap(({ mask, hounsfield }) => {
      return [...hounsfield].filter((_, pixel) => (mask[pixel]! & MASK_BIT[kind]) !== 0);
    });
    const median = values.sort((a, b) => a - b)[values.length >> 1];
    // Blood in sulci is thinned by the brain around it.
    expect(median).toBeGreaterThan(kind === 'subarachnoid' ? 44 : 50);
    expect(median).toBeLessThan(90);
  });

  it('shows no other kind', () => {
    for (const { area } of studies.flat()) {
      for (const other of BLEED_KINDS) if (other !== kind) expect(area[other]).toBe(0);
    }
  });
});

describe('a head without a bleed', () => {
  it('has no blood in any slice', () => {
    for (const { area, mask } of sweep(5, [])) {
      expect(Object.values(area)).toEqual([0, 0, 0, 0, 0]);
      expect(mask.every((bits) => bits === 0)).toBe(true);
    }
  });
});
