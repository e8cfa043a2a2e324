import { BLEED_KINDS } from '../bleeds/bleed.js';
import { createRandom } from '../random.js';
import { blend } from './blend.js';
import { blendCavity } from './blend-cavity.js';
import { blendShell } from './blend-shell.js';
import { paintBrain } from './brain.js';
import { busyCells } from './busy-cells.js';
import { SliceEvaluator, type Scene } from './evaluate.js';
import { createGrid, type Band, type Field } from './field.js';
import { Fields } from './fields.js';
import { Finish } from './finish.js';
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
  const mask = options.masks === true ? new Uint8Array(rows * columns) : undefined;
  const edge = Math.hypot(Math.max(0.9, 1.2 * spacing), 0.16 * thickness);
  const colors = { anatomy: scene.head.anatomy, bleeds: scene.bleeds, edge };
  const busy = busyCells(surroundings, grid);
  const width = grid.width - 1;

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

  /** Calls `visit` for every row of pixels of a band with the first cell of the head and the one after its last. */
  function eachRowOfHead({ top, bottom }: Band, visit: (row: number, from: number, to: number) => void) {
    for (let cell = top; cell < bottom; cell++) {
      const { from, to } = fields.outline(cell);
      const end = Math.min(rows, (cell + 1) * grid.step);
      for (let row = cell * grid.step; row < end; row++) visit(row, from, to);
    }
  }

  function copySurroundings(row: number, from: number, to: number): void {
    const first = row * columns + from * grid.step;
    const end = Math.min((row + 1) * columns, row * columns + to * grid.step);
    for (let pixel = first; pixel < end; pixel++) image[pixel] = surroundings[pixel]!;
  }

  /** Rounds one row: the head from the image, what is beside it from the surroundings. */
  function finishRow(finish: Finish, row: number, from: number, to: number): void {
    finish.air(hounsfield, row, 0, from);
    finish.air(hounsfield, row, to, width);
    const runs = busy[row] ?? [];
    for (let k = 0; k < runs.length; k += 2) {
      const start = runs[k]!;
      const end = runs[k + 1]!;
      if (start < from) finish.cells(surroundings, hounsfield, row, start, Math.min(end, from));
      if (end > to) finish.cells(surroundings, hounsfield, row, Math.max(start, to), end);
    }
    if (from < to) finish.cells(image, hounsfield, row, from, to);
  }

  return {
    render(index, stored) {
      evaluator.evaluate(index);
      mask?.fill(0);
      const area = noArea();
      const finish = new Finish(fields.bias, noise, createRandom(options.seed, 'noise', index), stored);
      for (let top = 0; top < grid.height - 1; top += BAND) {
        const band = { top, bottom: Math.min(grid.height - 1, top + BAND) };
        eachRowOfHead(band, copySurroundings);
        blendShell(image, fields, band);
        paintFace(band);
        if (!fields.inner.isEmpty) {
          const region = { inside: fields.inner, band };
          paintBrain(content, fields, region, colors, area, mask);
          blendCavity(image, content, region, mask);
        }
        eachRowOfHead(band, (row, from, to) => finishRow(finish, row, from, to));
      }
      for (const kind of BLEED_KINDS) area[kind] *= spacing * spacing;
      return { hounsfield, area, mask };
    },
  };
}
