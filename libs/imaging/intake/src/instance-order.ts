import type { DicomAttributes } from '@ichor/dicom';
import { present } from '@ichor/files/present';

interface Numbered {
  readonly name: string;
  readonly attributes: Pick<DicomAttributes, 'InstanceNumber' | 'SliceLocation'>;
}

/** Least share of different values for a key that defines an order; a few slices may be repeated. */
const informs = 0.9;

/** Numbers in names by their value: 2 before 10. One locale everywhere, so that one study gives one order. */
const byName = new Intl.Collator('en', { numeric: true }).compare;

/**
 * The order of slices whose files have no positions: by SliceLocation, otherwise by InstanceNumber, if all files have one
 * and the values are nearly all different; otherwise by the numbers in the names. Which end is the head is unknown. This
 * hardly affects the networks, but the reader must be warned, in particular if the order is unknown.
 */
export function withoutPositions<Slice extends Numbered>(
  members: readonly Slice[],
): { readonly slices: readonly Slice[]; readonly warning: string } {
  const key = (['SliceLocation', 'InstanceNumber'] as const).find((attribute) =>
    tellsOrder(members.map(({ attributes }) => attributes[attribute])),
  );
  const value = ({ attributes }: Slice) => (key === undefined ? 0 : present(attributes[key]));
  const slices = [...members].sort((a, b) => value(a) - value(b) || byName(a.name, b.name));
  if (key !== undefined) return { slices, warning: warningOf(key) };
  if (areNumbered(members.map(({ name }) => name)))
    return { slices, warning: warningOf('the numbers in their names') };
  return {
    slices,
    warning:
      'positions are missing and no other attribute gives the order of the slices: they are ordered by name, so neighbours ' +
      'may be wrong',
  };
}

function warningOf(key: string): string {
  return `positions are missing: slices are ordered by ${key}, and which end is the head is not known`;
}

function tellsOrder(values: readonly (number | undefined)[]): boolean {
  return !values.includes(undefined) && new Set(values).size >= informs * values.length;
}

/** Whether the names are the same but for their numbers. */
function areNumbered(names: readonly string[]): boolean {
  return (
    new Set(names.map((name) => name.replace(/\d+/g, '#'))).size === 1 && new Set(names).size === names.length
  );
}
