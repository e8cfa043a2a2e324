import { BLEED_KINDS } from '../bleeds/bleed.js';
import { createRandom } from '../random.js';
import { blend } from './blend.js';
import { blendCavity } from './blend-cavity.js';
import { blendSheet } from './blend-sheet.js';
import { blendShell } from './blend-shell.js';
import { paintBrain } from './brain.js';
import { DevicePainter } from './devices.js';
import { SliceEvaluator, type Scene } from './evaluate.js';
import { createGrid, type Band, type Field } from './field.js';
import { Fields } from './fields.js';
import { finish } from './finish.js';
import { Motion } from './motion.js';
import { noArea, type SliceRenderer } from './rendered-slice.js';

export interface RendererOptions {
  /** What is around the patient, HU per pixel. */
  readonly surroundings: Float32Array;
  /** Names the stream of the noise. */
  readonly seed: string;
  readonly masks?: boolean;
}

/** Rows of cells that are painted at a time: few enough for the pixels to stay in the cache. */
const BAND = 4;

/** Renders slices of one study, from the outside to the inside; buffers are shared between slices. */
export function createSliceRenderer(scene: Scene, options: RendererOptions): SliceRenderer {
  const { rows, columns, spacing, thickness, noise } = scene.acquisition;
  const { surroundings } = options;
  const grid = createGrid(rows, columns, spacing);
  const fields = new Fields(grid);
  const evaluator = new SliceEvaluator(scene, fields);
  const image = new Float32Array(rows * columns);
  const content = new Float32Array(rows * columns);
  const hounsfield = new Int16Array(rows * columns);
  const { devices, craniotomy } = scene.head;
  const { motion: restless } = scene.head.anatomy.variation;
  const painter = devices.length > 0 ? new DevicePainter(devices, scene.acquisition) : undefined;
  const motion = restless && new Motion(restless, scene.acquisition);
  // What devices hide is known from the mask alone.
  const mask = options.masks === true || painter !== undefined ? new Uint8Array(rows * columns) : undefined;
  const edge = Math.hypot(Math.max(0.9, 1.2 * spacing), 0.16 * thickness);
  const colors = { anatomy: scene.head.anatomy, bleeds: scene.bleeds, edge };

  /** Structures of the face that are drawn in one density. */
  function paintFace(band: Band): void {
    const paint = (field: Field, value: number) => blend(image, field, value, { band });
    paint(fields.faceBone, 720);
    paint(fields.orbit, -85);
    paint(fields.nerve, 34);
    paint(fields.globe, 14);
    paint(fields.lens, 72);
    paint(fields.air, -985);
  }

  /** The cut around a flap of bone: scar. */
  function paintCut(band: Band): void {
    const cut = { middle: fields.cut, half: fields.cutHalf };
    blendSheet(image, { ...cut, widen: 0, edge, value: 38 }, { inside: fields.outer, band });
  }

  return {
    render(index, stored) {
      evaluator.evaluate(index);
      mask?.fill(0);
      const area = noArea();
      for (let top = 0; top < grid.height - 1; top += BAND) {
        const band = { top, bottom: Math.min(grid.height - 1, top + BAND) };
        const first = top * grid.step * columns;
        image.set(surroundings.subarray(first, band.bottom * grid.step * columns), first);
        blendShell(image, fields, band);
        if (craniotomy !== undefined) paintCut(band);
        paintFace(band);
        if (!fields.inner.isEmpty) {
          const region = { inside: fields.inner, band };
          paintBrain(content, fields, region, colors, { area, mask });
          blendCavity(image, content, region, mask);
        }
      }
      if (painter !== undefined && mask !== undefined) {
        painter.paint(image, index, { area, mask }, (device) =>
          createRandom(options.seed, 'streaks', index, device),
        );
      }
      motion?.apply(image, createRandom(options.seed, 'motion', index));
      const random = createRandom(options.seed, 'noise', index);
      finish(image, hounsfield, { bias: fields.bias, sigma: noise, stored }, random);
      for (const kind of BLEED_KINDS) area[kind] *= spacing * spacing;
      return { hounsfield, area, mask: options.masks === true ? mask : undefined };
    },
  };
}
