import type { BleedKind } from '../bleeds/bleed.js';
import type { StoredRange } from './kernel.js';

/** Bit of each kind in the masks of {@link RenderedSlice}. */
export const MASK_BIT: Readonly<Record<BleedKind, number>> = {
  epidural: 1,
  intraparenchymal: 2,
  intraventricular: 4,
  subarachnoid: 8,
  subdural: 16,
};

/** A number for each kind of blood. */
export type AreaByKind = Record<BleedKind, number>;

export const noArea = (): AreaByKind => ({
  epidural: 0,
  intraparenchymal: 0,
  intraventricular: 0,
  subarachnoid: 0,
  subdural: 0,
});

export interface RenderedSlice {
  /** rows x columns, HU or what was requested in their place; valid until the next slice is rendered. */
  readonly hounsfield: Int16Array;
  /** Visible area of each kind of blood, mm². */
  readonly area: Readonly<AreaByKind>;
  /** rows x columns, where masks were requested: a sum of bits (1 epidural, 2 intraparenchymal, 4 intraventricular, 8 subarachnoid, 16 subdural). */
  readonly mask: Uint8Array | undefined;
}

export interface SliceRenderer {
  /**
   * Renders slice `index` (from below).
   *
   * @param stored how to write the HU; default as they are
   */
  render(index: number, stored?: StoredRange): RenderedSlice;
}
