import type { Bleed, BleedKind } from '../bleeds/bleed.js';
import type { Anatomy } from '../head/anatomy.js';
import { blend } from './blend.js';
import { blendFluid } from './blend-cavity.js';
import { blendSheet, type Sheet } from './blend-sheet.js';
import { expand } from './expand.js';
import { AIR } from './finish.js';
import type { Field } from './field.js';
import { SOLID_BLEEDS, type Fields } from './fields.js';
import { eachRow, type Region } from './region.js';
import { MASK_BIT, type AreaByKind } from './rendered-slice.js';

/** The properties that the paint of a brain depends on, the same in all slices of a study. */
export interface BrainColors {
  readonly anatomy: Anatomy;
  readonly bleeds: readonly Bleed[];
  /** Width of an edge, mm. */
  readonly edge: number;
}

/** Area and mask, to which painted blood is added. */
export interface BloodShown {
  /** Area of each kind, pixels. */
  readonly area: AreaByKind;
  readonly mask: Uint8Array | undefined;
}

/** Paints what the skull holds, from the outside to the inside: fluid, brain, folds, cisterns, blood. */
export function paintBrain(
  content: Float32Array,
  fields: Fields,
  region: Region,
  { anatomy, bleeds, edge }: BrainColors,
  { area, mask }: BloodShown,
): void {
  const { csf, grayMatter, whiteMatter, leukoaraiosis } = anatomy;
  const { dense, infarcts, operation, offset } = anatomy.variation;
  const { band } = region;
  const density = (kind: BleedKind) => bleeds.find((bleed) => bleed.kind === kind)?.density ?? 60;
  const isStained = bleeds.some(({ kind }) => kind === 'subarachnoid');
  const blood = density('subarachnoid');
  const bit = MASK_BIT.subarachnoid;
  const stain = isStained ? { share: fields.stain, density: blood } : undefined;
  const paint = (field: Field, value: number) => blend(content, field, value, { band });
  const fluid = (sheet: Sheet) => {
    area.subarachnoid += blendSheet(content, sheet, region, { stain, marks: mask, bit });
  };

  // Outside the stained region this is clear fluid.
  if (isStained) expand(content, fields.stain, region, csf, blood - csf);
  else eachRow(region, (from, to) => content.fill(csf, from, to));
  paint(fields.brain, grayMatter);
  paint(fields.white, whiteMatter - 0.4 * leukoaraiosis);
  const sulcus = { middle: fields.sulcus, half: fields.sulcusHalf };
  blendSheet(content, { ...sulcus, widen: 3.2, edge: 2.4, value: grayMatter }, region);
  paint(fields.deepGray, grayMatter - 1.5);
  const fissure = { middle: fields.fissure, half: fields.fissureHalf };
  blendSheet(content, { ...fissure, widen: 2.6, edge: 2.4, value: grayMatter }, region);
  paint(fields.oedema, 19);
  if (infarcts !== undefined) {
    paint(fields.scar, infarcts.scar + offset);
    paint(fields.cyst, infarcts.cyst + offset);
  }
  fluid({ ...sulcus, widen: 0, edge, value: csf });
  fluid({ ...fissure, widen: 0, edge, value: csf });
  if (isStained) {
    const cisterns = { space: fields.cistern, share: fields.stain, clear: csf, blood };
    area.subarachnoid += blendFluid(content, cisterns, band, mask, bit);
  } else {
    paint(fields.cistern, csf);
  }
  paint(fields.ventricle, csf);
  paint(fields.calcification, 170);
  const falx = { middle: fields.fissure, half: fields.falxHalf };
  blendSheet(content, { ...falx, widen: 0, edge, value: dense?.falx ?? 52 }, region);
  const tentorium = { middle: fields.tentorium, half: fields.tentoriumHalf };
  blendSheet(content, { ...tentorium, widen: 0, edge: 3.2, value: dense?.tentorium ?? 50 }, region);
  if (dense !== undefined) paint(fields.sinus, dense.sinus);
  const recent = operation?.craniotomy?.recent;
  if (recent !== undefined) {
    paint(fields.effusion, recent.density);
    paint(fields.pneumocephalus, AIR);
  }
  for (const kind of SOLID_BLEEDS) {
    const field = fields.bleeds[kind];
    area[kind] += blend(content, field, density(kind), { band, marks: mask, bit: MASK_BIT[kind] });
    const part = bleeds.find((bleed) => bleed.kind === kind)?.part;
    if (part !== undefined) paint(fields.parts[kind], part.density);
  }
}
