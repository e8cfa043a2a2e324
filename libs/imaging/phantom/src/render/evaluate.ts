import { gravity, headDirection, headPoint, type Acquisition } from '../acquisition/geometry.js';
import type { Bleed } from '../bleeds/bleed.js';
import type { Head } from '../head/head.js';
import { NodeRow } from '../head/node-row.js';
import { evaluateBleeds } from './evaluate-bleeds.js';
import { evaluateFolds } from './evaluate-folds.js';
import { evaluateInfarcts } from './evaluate-infarcts.js';
import { evaluateCut, evaluateEffusion } from './evaluate-operation.js';
import { evaluateCisterns, evaluateMidline } from './evaluate-inner.js';
import { evaluateBias, evaluateShell } from './evaluate-shell.js';
import type { Fields } from './fields.js';

export interface Scene {
  readonly head: Head;
  readonly bleeds: readonly Bleed[];
  readonly acquisition: Acquisition;
}

/** Fills fields with every structure of a head at every node of a grid. */
export class SliceEvaluator {
  private readonly scene: Scene;
  private readonly fields: Fields;
  private readonly row: NodeRow;

  constructor(scene: Scene, fields: Fields) {
    this.scene = scene;
    this.fields = fields;
    this.row = new NodeRow(fields.grid.width);
  }

  /** Slice `index`, counted from below. */
  evaluate(index: number): void {
    const { fields, row } = this;
    const { head, bleeds, acquisition } = this.scene;
    const { spacing, thickness, tilt, positions } = acquisition;
    const position = positions[index];
    if (position === undefined) throw new RangeError(`slice ${index} of ${positions.length}`);
    fields.clear();
    const pitch = fields.grid.step * spacing;
    const start = headPoint(acquisition, position);
    const right = headDirection(acquisition, [pitch, 0, 0]);
    const down = headDirection(acquisition, [0, pitch * Math.cos(tilt), -pitch * Math.sin(tilt)]);
    const inPlane = Math.max(0.9, 1.2 * spacing);
    const blur = { inPlane, climb: 0.85 * thickness };
    const edge = Math.hypot(inPlane, 0.3 * thickness);
    const up = gravity(acquisition).map((value) => -value) as [number, number, number];
    for (let i = 0; i < fields.grid.height; i++) {
      row.clear(i);
      place(row, start, right, down, head.scalp?.thickest ?? 0);
      head.cranium.measure(row, blur);
      evaluateShell(row, fields, head, { inPlane, edge });
      if (head.craniotomy !== undefined) evaluateCut(row, fields, head.craniotomy);
      evaluateBias(row, fields, head.anatomy, index);
      if (row.cavity.count === 0) continue;
      evaluateInfarcts(row, fields, head.infarcts);
      evaluateBleeds(row, fields, head, bleeds, edge);
      evaluateFolds(row, fields, head.anatomy, edge);
      evaluateCisterns(row, fields, head, { inPlane, edge });
      evaluateMidline(row, fields, head.anatomy);
      if (head.craniotomy !== undefined) evaluateEffusion(row, fields, head.craniotomy, up);
    }
  }
}

type Vector = readonly [number, number, number];

/** Puts the nodes of a row into head coordinates; `swollen` is how much thicker than usual the scalp may be, mm. */
function place(row: NodeRow, start: Vector, right: Vector, down: Vector, swollen: number): void {
  const i = row.index;
  for (let j = 0; j < row.x.length; j++) {
    const x = start[0] + i * down[0] + j * right[0];
    const y = start[1] + i * down[1] + j * right[1];
    const z = start[2] + i * down[2] + j * right[2];
    // Nothing of the head is so far out; above the ears not even this far.
    if (Math.abs(x) > 95 + swollen || Math.abs(y + 5) > 125 + swollen || z > 100 + swollen) continue;
    if (z > 4 && (x / (84 + swollen)) ** 2 + ((y - 1) / (104 + swollen)) ** 2 > 1.15) continue;
    row.x[j] = x;
    row.y[j] = y;
    row.z[j] = z;
    row.near.add(j);
  }
}
