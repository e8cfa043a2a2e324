import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { VARIETIES, type Variety } from '../head/variation.js';
import { createStudy } from './study.js';

const patient = { set: 'train', index: 1, kinds: ['subarachnoid', 'epidural'], studies: 1 } as const;

/** Hash of pixels and areas of some slices. */
function hashOf(varieties: readonly Variety[]): string {
  const { renderer, acquisition } = createStudy(patient, 0, { seed: 9, size: 64, varieties });
  const hash = createHash('sha256');
  for (let slice = 0; slice < acquisition.positions.length; slice += 4) {
    const { hounsfield, area } = renderer.render(slice);
    hash.update(hounsfield).update(JSON.stringify(Object.values(area).map((mm) => mm.toFixed(1))));
  }
  return hash.digest('hex').slice(0, 16);
}

describe('the bytes of a set', () => {
  // V8 brings its own exp, sin and cos, so that they are the same on every processor.
  it.each([
    ['no variety', [], '2c358b826b363e15'],
    [
      'the varieties that the shipped network learned from, and subtle',
      ['posture', 'scanner', 'base', 'dense', 'calcified', 'neck', 'subtle'],
      '01b42b8b1e07c3be',
    ],
  ] as const)('stay those of earlier versions: %s', (_, varieties, hash) => {
    expect(hashOf(varieties)).toBe(hash);
  });

  it.each(VARIETIES)('do not depend on the order in which slices are rendered: %s', (variety) => {
    const { renderer } = createStudy(patient, 0, { seed: 3, size: 48, varieties: [variety] }, true);
    const render = (slice: number) => {
      const { hounsfield, area, mask } = renderer.render(slice);
      return { hounsfield: hounsfield.slice(), area: { ...area }, mask: mask?.slice() };
    };
    const first = [6, 9].map(render);
    expect([9, 6].map(render).reverse()).toEqual(first);
  });
});
