import {
  contactSheet,
  displayWindows,
  grayPicture,
  shrink,
  type GrayPicture,
} from '@ichor/windowing/pictures';
import { present } from '@ichor/files';
import { BLEED_KINDS } from './bleeds/bleed.js';
import { createStudy } from './cohort/study.js';
import type { GalleryOptions } from './gallery.js';
import { varietiesOfBleeds, type Variety } from './head/variation.js';

/** Heads among which the one that a variety changes most is looked for. */
const HEADS = 6;
/** A pixel counts by as much as it changes, up to this, HU: a lesion in the brain counts as much as the edge of a bone. */
const LIMIT = 40;

/**
 * One row per variety: of six heads without blood (with one bleed each, where it changes bleeds alone) the one that it changes most, the slices in which it does so in the brain window
 * (40/80), then the most changed one in the subdural (80/200) and the bone window (600/2800).
 */
export function varietyGallery(varieties: readonly Variety[], options: GalleryOptions): GrayPicture {
  const pictures = varieties.flatMap((variety) => varietyRow(variety, options));
  return contactSheet(pictures, { columns: options.slices + 2, gap: 2, background: 0 });
}

interface Changed {
  readonly slice: number;
  readonly change: number;
  readonly hounsfield: Int16Array;
}

function varietyRow(variety: Variety, { seed, size, side, slices }: GalleryOptions): GrayPicture[] {
  const heads = Array.from({ length: HEADS }, (_, index) => {
    const found = changedSlices(variety, index, { seed, size });
    return found.sort((a, b) => b.change - a.change).slice(0, slices);
  });
  const total = (head: readonly Changed[]) => head.reduce((sum, { change }) => sum + change, 0);
  const [most = []] = heads.sort((a, b) => total(b) - total(a));
  const view = ({ hounsfield }: Changed, window: (typeof displayWindows)[keyof typeof displayWindows]) =>
    grayPicture(shrink({ width: size, height: size, data: hounsfield }, side), window);
  const [first] = most;
  if (first === undefined) return [];
  const upwards = [...most].sort((a, b) => a.slice - b.slice);
  return [
    ...upwards.map((slice) => view(slice, displayWindows.brain)),
    view(first, displayWindows.subdural),
    view(first, displayWindows.bone),
  ];
}

function changedSlices(
  variety: Variety,
  index: number,
  { seed, size }: Pick<GalleryOptions, 'seed' | 'size'>,
): Changed[] {
  // Bleeds are seen in heads that have one, each head another kind.
  const kinds = varietiesOfBleeds.has(variety) ? [present(BLEED_KINDS[index % BLEED_KINDS.length])] : [];
  const patient = { set: 'train', index, kinds, studies: 1 } as const;
  const plain = createStudy(patient, 0, { seed, size });
  const varied = createStudy(patient, 0, { seed, size, varieties: [variety] });
  return varied.acquisition.positions.map((_, slice) => {
    const { hounsfield } = varied.renderer.render(slice);
    // A variety of the scan may have other slices: those without a partner count as unchanged.
    const before =
      slice < plain.acquisition.positions.length ? plain.renderer.render(slice).hounsfield : hounsfield;
    const change = hounsfield.reduce(
      (sum, hu, pixel) => sum + Math.min(LIMIT, Math.abs(hu - (before[pixel] ?? hu))),
      0,
    );
    return { slice, change, hounsfield: hounsfield.slice() };
  });
}
