import { sliceNormal } from './geometry.js';
import type { Header, SeriesAttributes } from './headers.js';
import { objection } from './objections.js';
import { splitByOverlap } from './overlapping-volumes.js';
import type { Volume } from './volume.js';

/**
 * Splits the files of a series into volumes.
 *
 * A SeriesInstanceUID alone proves little: localizers are put among slices, two reconstructions or acquisitions into one
 * series, and anonymizers delete the UID or write the same one everywhere. Slices are one volume when they agree in all
 * that {@link traits} names, and are not two acquisitions or reconstructions that cover the same part of the head.
 *
 * An attribute splits only where two values of it are known: files that lack it may be either.
 */
export function volumesOf(members: readonly Header[]): readonly Volume[] {
  let volumes: readonly Volume[] = [{ members, differs: [] }];
  for (const trait of traits) volumes = volumes.flatMap((volume) => splitByTrait(volume, trait));
  return volumes.flatMap((volume) => splitByOverlap(volume));
}

type Value = string | number | readonly number[];

interface Trait {
  readonly name: string;
  /** Undefined where it is not known. */
  readonly of: (series: SeriesAttributes) => Value | undefined;
  /** Numbers that differ by no more are the same; so are words in upper and lower case. */
  readonly tolerance?: number;
  /** How a part is named by it; default is its value. */
  readonly label?: 'number' | 'none';
  /** Whether a value for each file alone tells nothing, as anonymizers make of UIDs. */
  readonly uselessWhenUnique?: boolean;
}

const word = (text: string | undefined) => text?.trim() || undefined;

const traits: readonly Trait[] = [
  { name: 'SeriesNumber', of: ({ SeriesNumber }) => SeriesNumber, uselessWhenUnique: true },
  // The name of a part holds it already.
  { name: 'SeriesDescription', of: ({ SeriesDescription }) => word(SeriesDescription), label: 'none', uselessWhenUnique: true }, // prettier-ignore
  { name: 'FrameOfReferenceUID', of: ({ FrameOfReferenceUID }) => word(FrameOfReferenceUID), label: 'number', uselessWhenUnique: true }, // prettier-ignore
  // Half a degree.
  { name: 'ImageOrientationPatient', of: orientationOf, tolerance: 0.01 },
  { name: 'GantryDetectorTilt', of: ({ GantryDetectorTilt }) => GantryDetectorTilt, tolerance: 0.5 },
  // Other objections to a file: contrast agent, another modality. The reason names them.
  { name: 'objection', of: (series) => objection(series) ?? 'none', label: 'none' },
];

/** Undefined where the six numbers span no plane. */
function orientationOf({ ImageOrientationPatient: axes }: SeriesAttributes) {
  return axes && sliceNormal(axes) ? axes : undefined;
}

/** More values than a head has slices tell nothing, and comparing each with each would take minutes. */
const mostValues = 2000;

function splitByTrait(volume: Volume, trait: Trait): readonly Volume[] {
  const known: { readonly value: Value; readonly members: Header[] }[] = [];
  const unknown: Header[] = [];
  const groupOf = new Map<SeriesAttributes, Header[]>();
  const groupOfValue = (value: Value): Header[] => {
    const there = known.find((one) => same(one.value, value, trait.tolerance));
    if (there) return there.members;
    const members: Header[] = [];
    known.push({ value, members });
    return members;
  };
  for (const member of volume.members) {
    let group = groupOf.get(member.series);
    if (!group) {
      const value = trait.of(member.series);
      group = value === undefined ? unknown : groupOfValue(value);
      if (known.length > mostValues) return [volume];
      groupOf.set(member.series, group);
    }
    group.push(member);
  }
  const unique = known.every(({ members }) => members.length === 1);
  if (known.length < 2 || (trait.uselessWhenUnique && known.length > 2 && unique)) return [volume];
  const parts = known.map(({ value, members }, index) => ({ members, label: labelOf(trait, value, index) }));
  if (unknown.length > 0) parts.push({ members: unknown, label: [`${trait.name} missing`] });
  return parts.map(({ members, label }) => ({ members, differs: [...volume.differs, ...label] }));
}

function labelOf(
  { name, label }: Trait,
  value: string | number | readonly number[],
  index: number,
): string[] {
  if (label === 'none') return [];
  if (label === 'number') return [`${name} ${index + 1}`];
  return [`${name} ${typeof value === 'object' ? value.join('\\') : value}`];
}

function same(a: unknown, b: unknown, tolerance = 0): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= tolerance;
  if (typeof a === 'string' && typeof b === 'string') return a.toUpperCase() === b.toUpperCase();
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((one, index) => same(one, b[index], tolerance));
}
