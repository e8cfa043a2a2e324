import {
  grayPicture,
  contactSheet,
  displayWindows,
  shrink,
  type GrayPicture,
} from '@ichor/windowing/pictures';
import { BLEED_KINDS, type BleedKind } from './bleeds/bleed.js';
import { VISIBLE_AREA } from './cohort/labels.js';
import { createStudy } from './cohort/study.js';

export interface GalleryOptions {
  readonly seed: number;
  /** Rows and columns of the images that are rendered. */
  readonly size: number;
  /** Largest side of one picture on the sheet, pixels; images are shrunk by whole factors. */
  readonly side: number;
  /** Slices of each study in the brain window. */
  readonly slices: number;
}

/**
 * One row per kind of bleed, in the order of BLEED_KINDS, and a last one without: slices in the brain window (40/80),
 * then the middle one in the subdural (80/200) and the bone window (600/2800).
 */
export function gallery(options: GalleryOptions): GrayPicture {
  const pictures = [...BLEED_KINDS, undefined].flatMap((kind, index) => galleryRow(kind, index, options));
  return contactSheet(pictures, { columns: options.slices + 2, gap: 2, background: 0 });
}

function galleryRow(
  kind: BleedKind | undefined,
  index: number,
  { seed, size, side, slices }: GalleryOptions,
): GrayPicture[] {
  const kinds = kind === undefined ? [] : [kind];
  const patient = { set: 'train', index, kinds, studies: 1 } as const;
  const { renderer, acquisition } = createStudy(patient, 0, { seed, size });
  const all = acquisition.positions.map((_, i) => {
    const { hounsfield, area } = renderer.render(i);
    const image = shrink({ width: size, height: size, data: hounsfield }, side);
    const shownArea = kind === undefined ? Infinity : area[kind];
    return {
      area: shownArea,
      views: Object.values(displayWindows).map((window) => grayPicture(image, window)),
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
