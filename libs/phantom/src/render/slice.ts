import { BLEED_KINDS, type BleedKind } from '../bleeds/bleed.js';
import { createRandom } from '../random.js';
import { blend, blendSheet, type Sheet } from './blend.js';
import { evaluateSlice, type Scene } from './evaluate.js';
import { eachRow, expand } from './expand.js';
import { createGrid, type Band, type Bounds, type Field } from './field.js';
import { createFields, SOLID_BLEEDS } from './fields.js';
import { createFinish } from './finish.js';

/** Bit of each kind in the masks of {@link RenderedSlice}. */
export const MASK_BIT: Readonly<Record<BleedKind, number>> = {
  epidural: 1,
  intraparenchymal: 2,
  intraventricular: 4,
  subarachnoid: 8,
  subdural: 16,
};

export interface RenderedSlice {
  /** rows x columns, HU; valid until the next slice is rendered. */
  readonly hounsfield: Int16Array;
  /** Visible area of each kind of blood, mm². */
  readonly area: Readonly<Record<BleedKind, number>>;
  /** rows x columns, the bits of {@link MASK_BIT}, where masks were asked for. */
  readonly mask: Uint8Array | undefined;
}

export interface SliceRenderer {
  /** Renders slice `index` (from below). */
  render(index: number): RenderedSlice;
}

export interface RendererOptions {
  /** What is around the patient, HU per pixel. */
  readonly surroundings: Float32Array;
  /** Names the stream of the noise. */
  readonly seed: string;
  readonly masks?: boolean;
}

/** Rows of cells that are painted at a time. */
const BAND = 12;

const TABLE_BONE = 1350;

/** Renders slices of one study, from the outside to the inside; buffers are shared between slices. */
export function createSliceRenderer(scene: Scene, options: RendererOptions): SliceRenderer {
  const { rows, columns, spacing, thickness, noise } = scene.acquisition;
  const { anatomy } = scene.head;
  const grid = createGrid(rows, columns, spacing);
  const fields = createFields(grid);
  const buffer = () => new Float32Array(rows * columns);
  const image = buffer();
  const content = buffer();
  const [first, second, third, innerAt] = [buffer(), buffer(), buffer(), buffer()];
  const hounsfield = new Int16Array(rows * columns);
  const mask = options.masks === true ? new Uint8Array(rows * columns) : undefined;
  const edge = Math.hypot(Math.max(0.9, 1.2 * spacing), 0.16 * thickness);
  const density = (kind: BleedKind) => scene.bleeds.find((bleed) => bleed.kind === kind)?.density ?? 60;
  const isStained = scene.bleeds.some(({ kind }) => kind === 'subarachnoid');

  /** The rows being painted: few enough for all buffers to stay in the cache. */
  let band: Band = { top: 0, bottom: 0 };
  const paint = (target: Float32Array, field: Field, value: number) => blend(target, field, value, { band });

  /** What lies under the cavity is not painted. */
  const hidden = fields.inner;

  /** Leaves the interpolated `inner` in `innerAt` for the next steps. */
  function paintSoftTissue(): void {
    const within = fields.skin.bounds(band);
    expand(innerAt, fields.inner, within);
    expand(first, fields.skin, within, { hidden });
    expand(second, fields.soft, within, { hidden });
    eachRow(grid, within, (from, to) => {
      for (let p = from; p < to; p++) {
        if (innerAt[p]! <= -0.5) continue;
        const u = first[p]!;
        if (u >= 0.5) continue;
        const cover = u > -0.5 ? 0.5 - u : 1;
        image[p] = image[p]! + cover * (second[p]! - image[p]!);
      }
    });
  }

  /** Compact tables of about one edge width on both sides, spongy bone between. */
  function paintSkull(): void {
    if (fields.outer.isEmpty) return;
    const within = fields.outer.bounds(band);
    expand(first, fields.outer, within, { hidden });
    expand(third, fields.diploe, within, { hidden });
    eachRow(grid, within, (from, to) => {
      for (let p = from; p < to; p++) {
        const inner = innerAt[p]!;
        if (inner <= -0.5) continue;
        const outer = first[p]!;
        if (outer >= 0.5) continue;
        const depth = -outer < inner ? -outer : inner;
        const compact = depth < 1.1 ? 1 : depth > 2.4 ? 0 : (2.4 - depth) / 1.3;
        const bone = third[p]! + compact * (TABLE_BONE - third[p]!);
        const cover = outer > -0.5 ? 0.5 - outer : 1;
        image[p] = image[p]! + cover * (bone - image[p]!);
      }
    });
  }

  /** Structures that are drawn in one density. */
  function paintFace(): void {
    paint(image, fields.faceBone, 720);
    paint(image, fields.orbit, -85);
    paint(image, fields.nerve, 34);
    paint(image, fields.globe, 14);
    paint(image, fields.lens, 72);
    paint(image, fields.air, -985);
  }

  function paintBrain(within: Bounds, area: Record<BleedKind, number>): void {
    const { csf, grayMatter, whiteMatter, leukoaraiosis } = anatomy;
    const blood = density('subarachnoid');
    if (isStained) {
      // Outside the stained region this is clear fluid.
      expand(second, fields.stain, within, { offset: csf, factor: blood - csf });
      eachRow(grid, within, (from, to) => content.set(second.subarray(from, to), from));
    } else {
      eachRow(grid, within, (from, to) => content.fill(csf, from, to));
    }
    const bit = MASK_BIT.subarachnoid;
    const stain = isStained ? { share: fields.stain, density: blood } : undefined;
    const fluid = (sheet: Sheet) => {
      area.subarachnoid += blendSheet(content, sheet, within, stain, mask, bit);
    };
    paint(content, fields.brain, grayMatter);
    paint(content, fields.white, whiteMatter - 0.4 * leukoaraiosis);
    const sulcus = { middle: fields.sulcus, half: fields.sulcusHalf };
    blendSheet(content, { ...sulcus, widen: 3.2, edge: 2.4, value: grayMatter }, within);
    paint(content, fields.deepGray, grayMatter - 1.5);
    const fissure = { middle: fields.fissure, half: fields.fissureHalf };
    blendSheet(content, { ...fissure, widen: 2.6, edge: 2.4, value: grayMatter }, within);
    paint(content, fields.oedema, 19);
    fluid({ ...sulcus, widen: 0, edge, value: csf });
    fluid({ ...fissure, widen: 0, edge, value: csf });
    paintCisterns(within, area);
    paint(content, fields.ventricle, csf);
    paint(content, fields.calcification, 170);
    const falx = { middle: fields.fissure, half: fields.falxHalf };
    blendSheet(content, { ...falx, widen: 0, edge, value: 52 }, within);
    const tentorium = { middle: fields.tentorium, half: fields.tentoriumHalf };
    blendSheet(content, { ...tentorium, widen: 0, edge: 3.2, value: 50 }, within);
    for (const kind of SOLID_BLEEDS) {
      const field = fields.bleeds[kind];
      area[kind] += blend(content, field, density(kind), { band, marks: mask, bit: MASK_BIT[kind] });
    }
  }

  /** `second` holds the density of the fluid at every pixel. */
  function paintCisterns(within: Bounds, area: Record<BleedKind, number>): void {
    if (fields.cistern.isEmpty) return;
    if (!isStained) {
      paint(content, fields.cistern, anatomy.csf);
      return;
    }
    const blood = density('subarachnoid') - anatomy.csf;
    expand(first, fields.cistern, within);
    eachRow(grid, within, (from, to) => {
      for (let p = from; p < to; p++) {
        const u = first[p]!;
        if (u >= 0.5) continue;
        const cover = u > -0.5 ? 0.5 - u : 1;
        content[p] = content[p]! + cover * (second[p]! - content[p]!);
        const covered = (cover * (second[p]! - anatomy.csf)) / blood;
        area.subarachnoid += covered;
        if (mask !== undefined && covered >= 0.5) mask[p] = mask[p]! | MASK_BIT.subarachnoid;
      }
    });
  }

  /** Puts the content of the skull into the image. */
  function fillCavity(within: Bounds): void {
    eachRow(grid, within, (from, to) => {
      for (let p = from; p < to; p++) {
        const u = innerAt[p]!;
        if (u >= 0.5) {
          if (mask !== undefined) mask[p] = 0;
          continue;
        }
        const cover = u > -0.5 ? 0.5 - u : 1;
        image[p] = image[p]! + cover * (content[p]! - image[p]!);
      }
    });
  }

  return {
    render(index) {
      evaluateSlice(scene, index, fields);
      mask?.fill(0);
      const area = { epidural: 0, intraparenchymal: 0, intraventricular: 0, subarachnoid: 0, subdural: 0 };
      const finish = createFinish(fields.bias, noise, createRandom(options.seed, 'noise', index));
      for (let top = 0; top < grid.height - 1; top += BAND) {
        band = { top, bottom: Math.min(grid.height - 1, top + BAND) };
        const from = Math.min(rows, top * grid.step) * columns;
        const to = Math.min(rows, band.bottom * grid.step) * columns;
        image.set(options.surroundings.subarray(from, to), from);
        if (!fields.skin.isEmpty) {
          paintSoftTissue();
          paintSkull();
          paintFace();
        }
        if (!fields.inner.isEmpty) {
          const within = fields.inner.bounds(band);
          paintBrain(within, area);
          fillCavity(within);
        }
        finish(image, hounsfield, band);
      }
      for (const kind of BLEED_KINDS) area[kind] *= spacing * spacing;
      return { hounsfield, area, mask };
    },
  };
}
