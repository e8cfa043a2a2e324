import { BLEED_KINDS, type BleedKind } from '../bleeds/bleed.js';
import { VISIBLE_AREA } from '../cohort/labels.js';
import { createStudy } from '../cohort/study.js';
import { contactSheet } from './contact-sheet.js';
import type { GrayImage } from './grayscale-png.js';
import { BONE, BRAIN, SUBDURAL, windowToGray } from './window-gray.js';

export interface GalleryOptions {
  readonly seed: number;
  /** Rows and columns of the images that are rendered. */
  readonly size: number;
  /** Side of one picture on the sheet, pixels. */
  readonly side: number;
  /** Slices of each study in the brain window. */
  readonly slices: number;
}

/**
 * One row per kind of bleed, in the order of BLEED_KINDS, and a last one without: slices in the brain window (40/80),
 * then the middle one in the subdural (80/200) and the bone window (600/2800).
 */
export function gallery(options: GalleryOptions): GrayImage {
  const rows = [...BLEED_KINDS, undefined].map((kind, index) => galleryRow(kind, index, options));
  return contactSheet(rows);
}

function galleryRow(
  kind: BleedKind | undefined,
  index: number,
  { seed, size, side, slices }: GalleryOptions,
): GrayImage[] {
  const kinds = kind === undefined ? [] : [kind];
  const patient = { set: 'train', index, kinds, studies: 1 } as const;
  const { renderer, acquisition } = createStudy(patient, 0, { seed, size });
  const all = acquisition.positions.map((_, i) => {
    const { hounsfield, area } = renderer.render(i);
    const image = { rows: size, columns: size, hounsfield };
    const shownArea = kind === undefined ? Infinity : area[kind];
    return {
      area: shownArea,
      views: [BRAIN, SUBDURAL, BONE].map((window) => windowToGray(image, window, side)),
    };
  });
  const shown = all.filter(({ area }) => area >= VISIBLE_AREA);
  const candidates = shown.length === 0 ? all : shown;
  const chosen = Array.from({ length: slices }, (_, k) => {
    const at = Math.floor(((k + 0.5) / slices) * candidates.length);
    return candidates[at];
  });
  const middle = chosen[slices >> 1];
  const brain = chosen.map((slice) => slice?.views[0]);
  return [...brain, middle?.views[1], middle?.views[2]].filter((view) => view !== undefined);
}
