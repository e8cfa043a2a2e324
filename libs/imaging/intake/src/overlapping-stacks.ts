import type { Header } from './headers.js';
import { placesOf, samePlace, type Placed } from './places.js';
import type { Stack } from './stacks.js';

/**
 * Attributes that differ within an honest stack (sequential scanners count an acquisition for each turn; the skull base
 * is scanned in thin slices, the rest in thick ones), but then each value has a part of the head of its own.
 */
const overlapTraits: readonly (readonly [
  name: string,
  of: (header: Header) => string | number | undefined,
])[] = [
  ['AcquisitionNumber', ({ slice }) => slice.AcquisitionNumber],
  ['SliceThickness', ({ series }) => series.SliceThickness && Math.round(series.SliceThickness * 10) / 10],
  ['KVP', ({ series }) => series.KVP],
  ['AcquisitionTime', ({ slice }) => slice.AcquisitionTime],
];

/**
 * Splits a stack where groups of it cover the same part of the head: two acquisitions or two reconstructions that
 * interleave or lie upon each other. Groups that lie side by side stay together.
 */
export function splitByOverlap(stack: Stack): readonly Stack[] {
  let stacks: readonly Stack[] = [stack];
  for (const [name, of] of overlapTraits) {
    stacks = stacks.flatMap((one) => split(one, name, groupsBy(placesOf(one.members), of)));
  }
  return stacks.flatMap((one) => split(one, 'InstanceNumber', runsOf(placesOf(one.members))));
}

/** Groups in the order of their values, by which the first is the first acquisition. */
function groupsBy(
  slices: readonly Placed[],
  of: (header: Header) => string | number | undefined,
): readonly (readonly Placed[])[] {
  const groups = new Map<string | number, Placed[]>();
  for (const slice of slices) {
    const value = of(slice.member);
    if (value === undefined) continue;
    const group = groups.get(value);
    if (group) group.push(slice);
    else groups.set(value, [slice]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

/**
 * Runs in which places go one way while InstanceNumbers go up: where nothing else tells two acquisitions apart, the
 * numbers begin anew at the other end of the head. None where numbers are missing or tell nothing about places.
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
    const step = run ? Math.sign(slice.place - run.at(-1)!.place) : 0;
    if (run && (run.length === 1 || step === direction)) {
      direction = step;
      run.push(slice);
    } else {
      runs.push([slice]);
      direction = 0;
    }
  }
  // A stack has few runs; numbers that were shuffled have one for every two or three slices.
  return runs.every((run) => run.length >= shortestRun) ? runs : [];
}

const shortestRun = 3;

/** Puts each group into the first stack in which it has a part of the head for itself. */
function split(stack: Stack, name: string, groups: readonly (readonly Placed[])[]): readonly Stack[] {
  if (groups.length > mostGroups) return [stack];
  const parts: Slab[][] = [];
  for (const group of groups) {
    const slab = slabOf(group);
    const part = parts.find((one) => one.every((other) => !overlap(other, slab)));
    if (part) part.push(slab);
    else parts.push([slab]);
  }
  if (parts.length < 2) return [stack];
  const partOf = new Map<Header, number>();
  parts.forEach((part, index) =>
    part.forEach(({ group }) => group.forEach(({ member }) => partOf.set(member, index))),
  );
  return parts.map((_, index) => ({
    // What has no group may be of any; the first takes it.
    members: stack.members.filter((member) => (partOf.get(member) ?? 0) === index),
    differs: [...stack.differs, `by ${name}`],
  }));
}

/** Slabs may share this part of the shorter one at their seam. */
const seam = 0.25;

/** More than any head has slices; comparing each with each would take minutes. */
const mostGroups = 2000;

interface Slab {
  readonly group: readonly Placed[];
  readonly from: number;
  readonly to: number;
}

function slabOf(group: readonly Placed[]): Slab {
  let from = Infinity;
  let to = -Infinity;
  for (const { place } of group) {
    from = Math.min(from, place);
    to = Math.max(to, place);
  }
  return { group, from, to };
}

function overlap(a: Slab, b: Slab): boolean {
  const shared = Math.min(a.to, b.to) - Math.max(a.from, b.from);
  const shorter = Math.min(a.to - a.from, b.to - b.from);
  // A single slice has no extent: it lies within the other group or not.
  return shorter < samePlace ? shared > -samePlace : shared > seam * shorter;
}
