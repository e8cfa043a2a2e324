import { along, sliceNormal } from './geometry.js';
import type { Header } from './headers.js';

/** A file and where it lies along the normal of its volume, mm. */
export interface Placed {
  readonly member: Header;
  readonly place: number;
}

/** Slices closer than this (mm) lie at one place. */
export const samePlace = 0.01;

/**
 * The places of the files of a volume, without the files that have no position. SliceLocation is used if positions are
 * missing or define no order (all are equal, or SliceLocation has more places, for example after an anonymizer
 * overwrote the positions). The result is empty if neither defines places.
 */
export function placesOf(members: readonly Header[]): readonly Placed[] {
  const axes = members.find(({ series }) => series.ImageOrientationPatient)?.series.ImageOrientationPatient;
  const normal = axes && sliceNormal(axes);
  const placed = members.flatMap((member) => {
    const point = member.slice.ImagePositionPatient;
    return normal && point ? [{ member, place: along(normal, point) }] : [];
  });
  const located = members.flatMap((member) => {
    const place = member.slice.SliceLocation;
    return place === undefined ? [] : [{ member, place }];
  });
  const places = count(placed);
  const locations = located.length === members.length ? count(located) : 0;
  if (locations > places && locations > 1) return located;
  return places > 1 ? placed : [];
}

/** The same number for slices at one place. */
export function placeNumber(place: number): number {
  return Math.round(place / samePlace);
}

function count(placed: readonly Placed[]): number {
  return new Set(placed.map(({ place }) => placeNumber(place))).size;
}
