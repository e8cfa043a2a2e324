import { drawAcquisition, gravity, type Acquisition } from '../acquisition/geometry.js';
import { drawPixelFormat, type PixelFormat } from '../acquisition/pixel-format.js';
import { drawSurroundings } from '../acquisition/surroundings.js';
import type { Bleed } from '../bleeds/bleed.js';
import { drawBleed } from '../bleeds/draw-bleed.js';
import { drawAnatomy } from '../head/anatomy.js';
import { createHead, type Head } from '../head/head.js';
import { createRandom } from '../random.js';
import { createSliceRenderer, type SliceRenderer } from '../render/slice.js';
import type { CohortOptions, PatientPlan } from './plan.js';

/** One study, ready to be rendered. */
export interface Study {
  readonly head: Head;
  readonly acquisition: Acquisition;
  readonly bleeds: readonly Bleed[];
  readonly format: PixelFormat;
  readonly renderer: SliceRenderer;
}

/**
 * Draws study `number` (from 0) of a patient. The head is the same in all studies of the patient and the bleeds sit in
 * the same place; on follow-up each has changed in size or is gone.
 */
export function createStudy(
  patient: PatientPlan,
  number: number,
  { seed, size }: Pick<CohortOptions, 'seed' | 'size'>,
  masks = false,
): Study {
  const name = [seed, patient.set, patient.index] as const;
  const anatomy = drawAnatomy(createRandom(...name, 'anatomy'));
  const head = createHead(anatomy);
  const random = createRandom(...name, 'study', number);
  const acquisition = drawAcquisition(random, { size, scale: anatomy.scale });
  const host = { cranium: head.cranium, down: gravity(acquisition) };
  const present = patient.kinds.filter(() => number === 0 || !random.chance(0.25));
  const bleeds = present.map((kind) => {
    const extent = number === 0 ? 1 : random.between(0.6, 1.15);
    return drawBleed(kind, createRandom(...name, 'bleed', kind), host, extent);
  });
  const format = drawPixelFormat(random);
  const renderer = createSliceRenderer(
    { head, bleeds, acquisition },
    {
      surroundings: drawSurroundings(acquisition, random, format.circle),
      seed: [...name, number].join('/'),
      masks,
    },
  );
  return { head, acquisition, bleeds, format, renderer };
}
