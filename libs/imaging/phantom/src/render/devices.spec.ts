import { describe, expect, it } from 'vitest';
import { headPoint, patientPoint } from '../acquisition/geometry.js';
import { createStudy } from '../cohort/study.js';
import type { Device } from '../head/device.js';
import { createRandom } from '../random.js';
import { straightAcquisition } from '../testing/straight-head.js';
import { DevicePainter } from './devices.js';
import { MASK_BIT, noArea } from './rendered-slice.js';

const acquisition = straightAcquisition([0]);
const { rows, columns, spacing } = acquisition;
const [left, top] = acquisition.positions[0]!;
/** Stands upright in the slice: its section is a disc of 4 mm. */
const pin: Device = { from: [10, -20, -30], to: [10, -20, 30], radius: 4, density: 7000, streaks: 0 };

function paint(device: Device) {
  const image = new Float32Array(rows * columns).fill(30);
  const mask = new Uint8Array(rows * columns).fill(MASK_BIT.epidural);
  const area = { ...noArea(), epidural: 10_000, subdural: 10_000 };
  new DevicePainter([device], acquisition).paint(image, 0, { area, mask }, () => createRandom('devices'));
  const at = (x: number, y: number) =>
    image[Math.round((y - top) / spacing) * columns + Math.round((x - left) / spacing)]!;
  return { image, mask, area, at };
}

describe('DevicePainter', () => {
  it('paints metal as bright as a scanner writes, where it is, and nothing else', () => {
    const { at, image } = paint(pin);
    expect(at(10, -20)).toBe(3071);
    for (const [x, y] of [
      [16, -20],
      [4, -20],
      [10, -14],
      [10, -26],
      [-10, -20],
    ] as const) {
      expect(at(x, y)).toBe(30);
    }
    const disc = (Math.PI * 4 ** 2) / spacing ** 2;
    const changed = image.filter((hu) => hu !== 30).length;
    expect(changed).toBeGreaterThan(0.9 * disc);
    // The edge is 1.14 mm wide: a ring of half of it around the disc shows too.
    expect(changed).toBeLessThan((Math.PI * 4.7 ** 2) / spacing ** 2 + 8);
  });

  it('takes the blood that it hides off area and mask', () => {
    const { area, mask } = paint(pin);
    const disc = (Math.PI * 4 ** 2) / spacing ** 2;
    expect(Math.abs(10_000 - area.epidural - disc)).toBeLessThan(0.03 * disc);
    // No subdural blood was there.
    expect(area.subdural).toBe(10_000);
    const cleared = mask.filter((bits) => bits === 0).length;
    expect(Math.abs(cleared - disc)).toBeLessThan(0.12 * disc);
  });

  it('shows calcium and vessels only in what is darker, and hides blood only there', () => {
    const vessel: Device = { ...pin, density: 55, onlyBrighter: true };
    expect(paint(vessel).at(10, -20)).toBe(55);
    expect(paint(vessel).area.epidural).toBeLessThan(10_000);
    const { image, area, mask } = paint({ ...vessel, density: 30 });
    expect(image.every((hu) => hu === 30)).toBe(true);
    expect(area.epidural).toBe(10_000);
    expect(mask.includes(0)).toBe(false);
  });

  it('paints nothing of what lies above the slice', () => {
    const { image } = paint({ ...pin, from: [10, -20, 6], to: [10, -20, 30], streaks: 200 });
    expect(image.every((hu) => hu === 30)).toBe(true);
  });

  it('adds streaks of both signs that fade', () => {
    const { image } = paint({ ...pin, streaks: 200 });
    const ring = (near: number, far: number) =>
      [...image.entries()]
        .filter(([pixel]) => {
          const x = left + (pixel % columns) * spacing - 10;
          const y = top + Math.floor(pixel / columns) * spacing + 20;
          const r = Math.hypot(x, y);
          return r >= near && r < far;
        })
        .map(([, hu]) => hu - 30);
    const spread = (values: readonly number[]) =>
      Math.sqrt(values.reduce((sum, hu) => sum + hu * hu, 0) / values.length);
    const [close, distant] = [ring(8, 10), ring(56, 58)];
    expect(Math.max(...close)).toBeGreaterThan(30);
    expect(Math.min(...close)).toBeLessThan(-30);
    // 1 / (1 + (r / 9)^1.5): 0.5 at 9 mm, 0.0588 at 57 mm; the same rays at both.
    expect(spread(distant) / spread(close)).toBeGreaterThan(0.8 * (0.0588 / 0.5));
    expect(spread(distant) / spread(close)).toBeLessThan(1.25 * (0.0588 / 0.5));
  });
});

describe('patientPoint', () => {
  it('undoes headPoint of a turned and stretched head', () => {
    const patient = { set: 'train', index: 1, kinds: [], studies: 1 } as const;
    const { acquisition: turned } = createStudy(patient, 0, { seed: 4, size: 32, varieties: ['posture'] });
    const point = patientPoint(turned, [12, -34, 56]);
    const back = headPoint(turned, point);
    for (const [axis, value] of [12, -34, 56].entries()) expect(back[axis]).toBeCloseTo(value, 9);
  });
});
