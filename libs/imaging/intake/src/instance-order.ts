import type { DicomAttributes } from '@ichor/dicom';

interface Numbered {
  readonly name: string;
  readonly attributes: Pick<DicomAttributes, 'InstanceNumber' | 'SliceLocation'>;
}

/**
 * The order of slices whose files have no positions: by SliceLocation where all have one, else by InstanceNumber,
 * else by name. Which end is the head cannot be known; the networks hardly care, but the reader must be told.
 */
export function withoutPositions<Slice extends Numbered>(
  members: readonly Slice[],
): { readonly slices: readonly Slice[]; readonly warning: string } {
  const key = (['SliceLocation', 'InstanceNumber'] as const).find((attribute) =>
    members.every(({ attributes }) => attributes[attribute] !== undefined),
  );
  const slices = [...members].sort((a, b) =>
    key === undefined ? a.name.localeCompare(b.name) : a.attributes[key]! - b.attributes[key]!,
  );
  return {
    slices,
    warning: `positions are missing: slices are ordered by ${key ?? 'name'}, and which end is the head is not known`,
  };
}
