import { present } from '@ichor/files/present';
import { headDirection, headPoint } from '../acquisition/geometry.js';
import { BLEED_KINDS, type Bleed, type BleedKind, type Surroundings } from '../bleeds/bleed.js';
import { drawAnatomy } from '../head/anatomy.js';
import { Ventricles } from '../head/ventricles.js';
import { createRandom } from '../random.js';
import { blend } from '../render/blend.js';
import { createGrid, Field } from '../render/field.js';
import { SOLID_BLEEDS } from '../render/fields.js';
import { finish } from '../render/finish.js';
import { MASK_BIT, noArea, type SliceRenderer } from '../render/rendered-slice.js';
import type { RendererOptions } from '../render/slice.js';
import type { Background } from './background.js';

/** Fluid below this density takes up blood, HU; brain above `brain` does not. */
const FLUID = 14;
const BRAIN_DENSITY = 26;

/** Renders slices of a real study with bleeds put in. The noise of the study stays; a little is added. */
export function createInsertion(
  { acquisition, slices, cavities }: Background,
  bleeds: readonly Bleed[],
  options: Pick<RendererOptions, 'seed' | 'masks'>,
): SliceRenderer {
  const { rows, columns, spacing, thickness, tilt, positions } = acquisition;
  const grid = createGrid(rows, columns, spacing);
  const bias = new Field(grid);
  bias.clear(0);
  const fields = new Map(SOLID_BLEEDS.map((kind) => [kind, new Field(grid)]));
  const stain = new Field(grid);
  const mask = options.masks === true ? new Uint8Array(rows * columns) : undefined;
  const hounsfield = new Int16Array(rows * columns);
  const image = new Float32Array(rows * columns);
  const average = new Ventricles(drawAnatomy(createRandom('average')));
  const edge = Math.sqrt(Math.max(0.9, 1.2 * spacing) ** 2 + (0.3 * thickness) ** 2);
  const down = headDirection(acquisition, [
    0,
    grid.step * spacing * Math.cos(tilt),
    -grid.step * spacing * Math.sin(tilt),
  ]);
  const right = headDirection(acquisition, [grid.step * spacing, 0, 0]);

  function evaluate(index: number): void {
    for (const field of fields.values()) field.clear();
    stain.clear();
    const { depth, ventricle } = present(cavities[index]);
    const start = headPoint(acquisition, present(positions[index]));
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
        around.ventricle = Math.max(ventricle[pixel]!, average.distance(x, y, z) - 10);
        for (const bleed of bleeds) {
          const distance = bleed.distance(x, y, z, around);
          const field = bleed.kind === 'subarachnoid' ? stain : fields.get(bleed.kind);
          const u = distance / (bleed.kind === 'subarachnoid' ? 8 : edge);
          if (field !== undefined && u < field.values[i * grid.width + j]!) field.set(i, j, u);
        }
      }
    }
  }

  return {
    render(index, stored) {
      const original = slices[index];
      const cavity = cavities[index];
      if (original === undefined || cavity === undefined) {
        throw new RangeError(`slice ${index} of ${slices.length}`);
      }
      const { inside, smooth, ventricle } = cavity;
      evaluate(index);
      mask?.fill(0);
      const area = noArea();
      // What the blood adds to the smoothed image is added to the noisy one.
      const stained = smooth.slice();
      const density = (kind: BleedKind) => bleeds.find((bleed) => bleed.kind === kind)?.density ?? 60;
      const share = new Float32Array(rows * columns);
      blend(share, stain, 1);
      for (let p = 0; p < share.length; p++) {
        if (share[p] === 0 || inside[p] === 0) continue;
        const fluid = (BRAIN_DENSITY - smooth[p]!) / (BRAIN_DENSITY - FLUID);
        const outside = Math.min(1, Math.max(0, (ventricle[p]! - 2) / 3));
        const cover = share[p]! * outside * Math.min(1, Math.max(0, fluid));
        stained[p] = stained[p]! + cover * (density('subarachnoid') - stained[p]!);
        area.subarachnoid += cover;
        if (mask !== undefined && cover >= 0.5) mask[p] = MASK_BIT.subarachnoid;
      }
      for (const [kind, field] of fields) {
        const cover = new Float32Array(rows * columns);
        blend(cover, field, 1);
        for (let p = 0; p < cover.length; p++) {
          if (cover[p] === 0 || inside[p] === 0) continue;
          stained[p] = stained[p]! + cover[p]! * (density(kind) - stained[p]!);
          area[kind] += cover[p]!;
          if (mask !== undefined && cover[p]! >= 0.5) mask[p] = mask[p]! | MASK_BIT[kind];
        }
      }
      for (let p = 0; p < image.length; p++) {
        const keep = inside[p] === 1 && stained[p] !== smooth[p];
        image[p] = original[p]! + (keep ? stained[p]! - smooth[p]! : 0);
      }
      const random = createRandom(options.seed, 'noise', index);
      finish(image, hounsfield, { bias, sigma: acquisition.noise, stored }, random);
      for (const kind of BLEED_KINDS) area[kind] *= spacing * spacing;
      return { hounsfield, area, mask };
    },
  };
}
