import { drawAcquisition, gravity, type Acquisition } from '../acquisition/geometry.js';
import { drawPixelFormat, type PixelFormat } from '../acquisition/pixel-format.js';
import { drawSurroundings } from '../acquisition/surroundings.js';
import type { Background } from '../background/background.js';
import { createInsertion } from '../background/insert.js';
import type { Bleed } from '../bleeds/bleed.js';
import { drawBleed } from '../bleeds/draw-bleed.js';
import { drawVariedBleed } from '../bleeds/varied.js';
import { drawAnatomy } from '../head/anatomy.js';
import { Head } from '../head/head.js';
import { drawVariation, varietiesOfHead } from '../head/variation.js';
import { createRandom } from '../random.js';
import type { SliceRenderer } from '../render/rendered-slice.js';
import { createSliceRenderer } from '../render/slice.js';
import type { CohortOptions, PatientPlan } from './plan.js';

/** Density between gray and white matter, HU: the contrast of a bleed is measured from it. */
const BRAIN = 34;

/** @param contrast factor of how far its densities lie from that of the brain */
function paler(bleed: Bleed, contrast: number): Bleed {
  const pale = (density: number) => BRAIN + (density - BRAIN) * contrast;
  const part = bleed.part && { ...bleed.part, density: pale(bleed.part.density) };
  return { ...bleed, density: pale(bleed.density), part };
}

/** One study, ready to be rendered. */
export interface Study {
  readonly acquisition: Acquisition;
  readonly bleeds: readonly Bleed[];
  readonly format: PixelFormat;
  readonly renderer: SliceRenderer;
}

/**
 * Draws study `number` (from 0) of a patient. The head is the same in all studies of the patient and the bleeds sit in
 * the same place; on follow-up each has changed in size or is gone. With a background, its head takes the place of the drawn one.
 */
export function createStudy(
  patient: PatientPlan,
  number: number,
  {
    seed,
    size,
    sliceSpacing,
    bleedSize = 1,
    varieties = [],
  }: Pick<CohortOptions, 'seed' | 'size' | 'sliceSpacing' | 'bleedSize' | 'varieties'>,
  masks = false,
  background?: Background,
): Study {
  const name = [seed, patient.set, patient.index] as const;
  const variation = drawVariation(varieties, (variety) =>
    createRandom(...name, variety, varietiesOfHead.has(variety) ? 0 : number),
  );
  const anatomy = drawAnatomy(createRandom(...name, 'anatomy'), variation);
  const head = new Head(anatomy);
  const random = createRandom(...name, 'study', number);
  const acquisition =
    background?.acquisition ??
    drawAcquisition(random, { size, scale: anatomy.scale, sliceSpacing, variation });
  const host = { vault: head.vault, down: gravity(acquisition) };
  const present = patient.kinds.filter(() => number === 0 || !random.chance(0.25));
  const bleeds = present.map((kind) => {
    const extent = number === 0 ? 1 : random.between(0.6, 1.15);
    const factor = bleedSize * variation.bleedSize * extent;
    const draw = variation.variedBleeds ? drawVariedBleed : drawBleed;
    const bleed = draw(kind, createRandom(...name, 'bleed', kind), host, factor);
    const contrast = variation.bleedContrast;
    return contrast === 1 ? bleed : paler(bleed, contrast);
  });
  const format = drawPixelFormat(random);
  const seedOfNoise = [...name, number].join('/');
  if (background !== undefined) {
    const renderer = createInsertion(background, bleeds, { seed: seedOfNoise, masks });
    return { acquisition, bleeds, format: { ...format, circle: false }, renderer };
  }
  const surroundings = drawSurroundings(acquisition, random, format.circle);
  const renderer = createSliceRenderer(
    { head, bleeds, acquisition },
    { surroundings, seed: seedOfNoise, masks },
  );
  return { acquisition, bleeds, format, renderer };
}
