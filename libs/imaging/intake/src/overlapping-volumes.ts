import { present } from '@ichor/files/present';
import type { Header } from './headers.js';
import { placesOf, samePlace, type Placed } from './places.js';
import type { Volume } from './volume.js';

type Value = string | number;

interface OverlapTrait {
  readonly name: string;
  readonly of: (header: Header) => Value | undefined;
  /** Whether each value forms a volume if the positions of the slices are unknown. */
  readonly evenUnplaced?: boolean;
}

const upper = (text: string | undefined) => text?.trim().toUpperCase() || undefined;

/**
 * Attributes that differ within an honest volume (the skull base is scanned in thin slices and with a kernel or ImageType
 * of its own, sequential scanners count an acquisition for each turn), but then each value has a part of the head for
 * itself.
 */
const overlapTraits: readonly OverlapTrait[] = [
  { name: 'ConvolutionKernel', of: ({ series }) => upper(series.ConvolutionKernel), evenUnplaced: true },
  { name: 'ImageType', of: ({ series }) => upper(series.ImageType.join('\\')), evenUnplaced: true },
  { name: 'BodyPartExamined', of: ({ series }) => upper(series.BodyPartExamined), evenUnplaced: true },
  { name: 'Rows', of: ({ series }) => series.Rows, evenUnplaced: true },
  { name: 'Columns', of: ({ series }) => series.Columns, evenUnplaced: true },
  { name: 'PixelSpacing', of: ({ series }) => series.PixelSpacing?.map((mm) => mm.toFixed(2)).join('\\') },
  {
    name: 'SliceThickness',
    of: ({ series }) => series.SliceThickness && Math.round(series.SliceThickness * 10) / 10,
  },
  { name: 'AcquisitionNumber', of: ({ slice }) => slice.AcquisitionNumber },
  { name: 'KVP', of: ({ series }) => series.KVP },
  { name: 'AcquisitionTime', of: ({ slice }) => slice.AcquisitionTime },
];

/** Files with one value of an attribute; it is undefined for those that lack it. */
interface Group {
  readonly value?: Value | undefined;
  readonly slices: readonly Placed[];
}

/**
 * Splits a volume where groups of it cover the same part of the head: two acquisitions or two reconstructions that
 * interleave or overlap. Groups that cover adjacent parts stay together.
 */
export function splitByOverlap(volume: Volume): readonly Volume[] {
  let volumes: readonly Volume[] = [volume];
  for (const { name, of, evenUnplaced } of overlapTraits) {
    volumes = volumes.flatMap((one) => {
      const places = placesOf(one.members);
      // Slices whose places are not known are treated as if they had one place, so every value becomes a volume.
      const slices =
        places.length > 0 || !evenUnplaced ? places : one.members.map((member) => ({ member, place: 0 }));
      return split(one, name, groupsBy(slices, of));
    });
  }
  return volumes.flatMap((one) => {
    const runs = runsOf(placesOf(one.members));
    return split(one, 'InstanceNumber', runs.map((slices) => ({ slices }))); // prettier-ignore
  });
}

/** Groups in the order of their values, by which the first is the first acquisition; none where fewer than two are known. */
function groupsBy(slices: readonly Placed[], of: OverlapTrait['of']): readonly Group[] {
  const groups = new Map<Value, Placed[]>();
  const unknown: Placed[] = [];
  for (const slice of slices) {
    const value = of(slice.member);
    const group = value === undefined ? unknown : groups.get(value);
    if (group) group.push(slice);
    else groups.set(present(value), [slice]);
  }
  if (groups.size < 2) return [];
  const known = [...groups].map(([value, members]): Group => ({ value, slices: members }));
  known.sort((a, b) => (present(a.value) < present(b.value) ? -1 : 1));
  return unknown.length > 0 ? [...known, { slices: unknown }] : known;
}

/**
 * Runs in which places go one way while InstanceNumbers go up: where nothing else tells two acquisitions apart, the
 * numbers begin again at the other end of the head. None if numbers are missing or do not depend on positions.
 */
function runsOf(slices: readonly Placed[]): readonly (readonly Placed[])[] {
  const numbered = slices.flatMap((slice) => {
    const number = slice.member.slice.InstanceNumber;
    return number === undefined ? [] : [{ slice, number }];
  });
  if (new Set(numbered.map(({ number }) => number)).size < slices.length) return [];
  numbered.sort((a, b) => a.number - b.number);
  const runs: Placed[][] = [];
  let direction = 0;
  for (const { slice } of numbered) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const step = last ? Math.sign(slice.place - last.place) : 0;
    if (run && (run.length === 1 || step === direction)) {
      direction = step;
      run.push(slice);
    } else {
      runs.push([slice]);
      direction = 0;
    }
  }
  // A volume has few runs; numbers that were shuffled have one for every two or three slices.
  return runs.every((run) => run.length >= shortestRun) ? runs : [];
}

const shortestRun = 3;

/** Puts each group into the first volume in which no other group covers the same part of the head. */
function split(volume: Volume, name: string, groups: readonly Group[]): readonly Volume[] {
  if (groups.length > mostGroups) return [volume];
  const parts: Slab[][] = [];
  for (const group of groups) {
    const slab = slabOf(group);
    const part = parts.find((one) => one.every((other) => !overlap(other, slab)));
    if (part) part.push(slab);
    else parts.push([slab]);
  }
  if (parts.length < 2) return [volume];
  const partOf = new Map<Header, number>();
  parts.forEach((part, index) =>
    part.forEach(({ slices }) => slices.forEach(({ member }) => partOf.set(member, index))),
  );
  return parts.map((part, index) => ({
    // What has no place may be of any; the first takes it.
    members: volume.members.filter((member) => (partOf.get(member) ?? 0) === index),
    differs: [...volume.differs, labelOf(name, part)],
  }));
}

/** Slabs may share this part of the shorter one at their seam. */
const seam = 0.25;

/** `ConvolutionKernel H31S`; of several values, that it was told apart by them. */
function labelOf(name: string, [first, ...others]: readonly Slab[]): string {
  return first?.value === undefined || others.length > 0 ? `by ${name}` : `${name} ${first.value}`;
}

/** More than any head has slices; comparing each with each would take minutes. */
const mostGroups = 2000;

interface Slab extends Group {
  readonly from: number;
  readonly to: number;
}

function slabOf(group: Group): Slab {
  let from = Infinity;
  let to = -Infinity;
  for (const { place } of group.slices) {
    from = Math.min(from, place);
    to = Math.max(to, place);
  }
  return { ...group, from, to };
}

function overlap(a: Slab, b: Slab): boolean {
  const shared = Math.min(a.to, b.to) - Math.max(a.from, b.from);
  const shorter = Math.min(a.to - a.from, b.to - b.from);
  // A single slice has no extent: it lies within the other group or not.
  return shorter < samePlace ? shared > -samePlace : shared > seam * shorter;
}
