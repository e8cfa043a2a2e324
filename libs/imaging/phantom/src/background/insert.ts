import { present } from '@ichor/files/present';
import { headDirection, headPoint } from '../acquisition/geometry.js';
import { BLEED_KINDS, type Bleed, type BleedKind, type Surroundings } from '../bleeds/bleed.js';
import { drawAnatomy } from '../head/anatomy.js';
import { Ventricles } from '../head/ventricles.js';
import { createRandom } from '../random.js';
import { blend } from '../render/blend.js';
import { createGrid, Field, type Grid } from '../render/field.js';
import { SOLID_BLEEDS } from '../render/fields.js';
import { finish } from '../render/finish.js';
import type { StoredRange } from '../render/kernel.js';
import {
  MASK_BIT,
  noArea,
  type AreaByKind,
  type RenderedSlice,
  type SliceRenderer,
} from '../render/rendered-slice.js';
import type { RendererOptions } from '../render/slice.js';
import type { Background } from './background.js';
import type { Cavity } from './cavity.js';

/** Fluid below this density takes up blood, HU; brain above `brain` does not. */
const FLUID = 14;
const BRAIN_DENSITY = 26;

/** Renders slices of a real study with bleeds put in. The noise of the study stays; a little is added. */
export function createInsertion(
  background: Background,
  bleeds: readonly Bleed[],
  options: Pick<RendererOptions, 'seed' | 'masks'>,
): SliceRenderer {
  return new Insertion(background, bleeds, options);
}

type Step = ReturnType<typeof headDirection>;

class Insertion implements SliceRenderer {
  readonly #background: Background;
  readonly #bleeds: readonly Bleed[];
  readonly #seed: RendererOptions['seed'];
  readonly #grid: Grid;
  /** Bias of the study; the light of the scanner is in its slices already. */
  readonly #bias: Field;
  /** Distances of the solid bleeds by the width of an edge. */
  readonly #fields: ReadonlyMap<BleedKind, Field>;
  /** Distance of subarachnoid blood, 8 mm wide at its edge. */
  readonly #stain: Field;
  readonly #mask: Uint8Array | undefined;
  readonly #hounsfield: Int16Array;
  readonly #image: Float32Array;
  readonly #average = new Ventricles(drawAnatomy(createRandom('average')));
  /** Width of an edge, mm. */
  readonly #edge: number;
  /** Steps in the head from a row, and from a column, of the grid to the next, mm. */
  readonly #down: Step;
  readonly #right: Step;

  constructor(
    background: Background,
    bleeds: readonly Bleed[],
    { seed, masks }: Pick<RendererOptions, 'seed' | 'masks'>,
  ) {
    const { acquisition } = background;
    const { rows, columns, spacing, thickness, tilt } = acquisition;
    const grid = createGrid(rows, columns, spacing);
    const step = grid.step * spacing;
    this.#background = background;
    this.#bleeds = bleeds;
    this.#seed = seed;
    this.#grid = grid;
    this.#bias = new Field(grid);
    this.#bias.clear(0);
    this.#fields = new Map(SOLID_BLEEDS.map((kind) => [kind, new Field(grid)]));
    this.#stain = new Field(grid);
    this.#mask = masks === true ? new Uint8Array(rows * columns) : undefined;
    this.#hounsfield = new Int16Array(rows * columns);
    this.#image = new Float32Array(rows * columns);
    this.#edge = Math.sqrt(Math.max(0.9, 1.2 * spacing) ** 2 + (0.3 * thickness) ** 2);
    this.#down = headDirection(acquisition, [0, step * Math.cos(tilt), -step * Math.sin(tilt)]);
    this.#right = headDirection(acquisition, [step, 0, 0]);
  }

  render(index: number, stored?: StoredRange): RenderedSlice {
    const { acquisition, slices, cavities } = this.#background;
    const original = slices[index];
    const cavity = cavities[index];
    if (original === undefined || cavity === undefined) {
      throw new RangeError(`slice ${index} of ${slices.length}`);
    }
    this.#evaluate(index);
    this.#mask?.fill(0);
    const area = noArea();
    const stained = this.#paint(cavity, area);
    const { inside, smooth } = cavity;
    // What the blood adds to the smoothed image is added to the noisy one.
    const image = this.#image;
    for (let p = 0; p < image.length; p++) {
      const keep = inside[p] === 1 && stained[p] !== smooth[p];
      image[p] = original[p]! + (keep ? stained[p]! - smooth[p]! : 0);
    }
    const random = createRandom(this.#seed, 'noise', index);
    finish(image, this.#hounsfield, { bias: this.#bias, sigma: acquisition.noise, stored }, random);
    for (const kind of BLEED_KINDS) area[kind] *= acquisition.spacing * acquisition.spacing;
    return { hounsfield: this.#hounsfield, area, mask: this.#mask };
  }

  /** The distances of all bleeds at the nodes of the grid. */
  #evaluate(index: number): void {
    for (const field of this.#fields.values()) field.clear();
    this.#stain.clear();
    const { acquisition, cavities } = this.#background;
    const { rows, columns, positions } = acquisition;
    const { depth, ventricle } = present(cavities[index]);
    const start = headPoint(acquisition, present(positions[index]));
    const [grid, down, right] = [this.#grid, this.#down, this.#right];
    const around: Surroundings = { depth: 0, vaultDepth: 0, ventricle: 60 };
    for (let i = 0; i < grid.height; i++) {
      for (let j = 0; j < grid.width; j++) {
        const pixel = Math.min(rows - 1, i * grid.step) * columns + Math.min(columns - 1, j * grid.step);
        if (depth[pixel] === 0) continue;
        around.depth = around.vaultDepth = depth[pixel]!;
        const x = start[0] + i * down[0] + j * right[0];
        const y = start[1] + i * down[1] + j * right[1];
        const z = start[2] + i * down[2] + j * right[2];
        // Fluid counts as ventricle only near where ventricles are.
        around.ventricle = Math.max(ventricle[pixel]!, this.#average.distance(x, y, z) - 10);
        for (const bleed of this.#bleeds) {
          const distance = bleed.distance(x, y, z, around);
          const field = bleed.kind === 'subarachnoid' ? this.#stain : this.#fields.get(bleed.kind);
          const u = distance / (bleed.kind === 'subarachnoid' ? 8 : this.#edge);
          if (field !== undefined && u < field.values[i * grid.width + j]!) field.set(i, j, u);
        }
      }
    }
  }

  /** The smoothed image with the blood in it; adds the covered pixels to `area` and to the mask. */
  #paint({ inside, smooth, ventricle }: Cavity, area: AreaByKind): Float32Array {
    const mask = this.#mask;
    const stained = smooth.slice();
    const share = this.#cover(this.#stain);
    for (let p = 0; p < share.length; p++) {
      if (share[p] === 0 || inside[p] === 0) continue;
      const fluid = (BRAIN_DENSITY - smooth[p]!) / (BRAIN_DENSITY - FLUID);
      const outside = Math.min(1, Math.max(0, (ventricle[p]! - 2) / 3));
      const cover = share[p]! * outside * Math.min(1, Math.max(0, fluid));
      stained[p] = stained[p]! + cover * (this.#density('subarachnoid') - stained[p]!);
      area.subarachnoid += cover;
      if (mask !== undefined && cover >= 0.5) mask[p] = MASK_BIT.subarachnoid;
    }
    for (const [kind, field] of this.#fields) {
      const cover = this.#cover(field);
      for (let p = 0; p < cover.length; p++) {
        if (cover[p] === 0 || inside[p] === 0) continue;
        stained[p] = stained[p]! + cover[p]! * (this.#density(kind) - stained[p]!);
        area[kind] += cover[p]!;
        if (mask !== undefined && cover[p]! >= 0.5) mask[p] = mask[p]! | MASK_BIT[kind];
      }
    }
    return stained;
  }

  /** Share of each pixel that a field covers, 0..1. */
  #cover(field: Field): Float32Array {
    const cover = new Float32Array(this.#image.length);
    blend(cover, field, 1);
    return cover;
  }

  #density(kind: BleedKind): number {
    return present(this.#bleeds.find((bleed) => bleed.kind === kind)).density;
  }
}
