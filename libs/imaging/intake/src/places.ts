import { along, sliceNormal } from './geometry.js';
import type { Header } from './headers.js';

/** A file and where it lies along the normal of its stack, mm. */
export interface Placed {
  readonly member: Header;
  readonly place: number;
}

/** Slices closer than this (mm) lie at one place. */
export const samePlace = 0.01;

/**
 * Where the files of a stack lie; those without a position are missing. None where the positions tell no order: all are
 * the same, or SliceLocation tells more places than they do, as where an anonymizer wrote over them.
 */
export function placesOf(members: readonly Header[]): readonly Placed[] {
  const axes = members.find(({ series }) => series.ImageOrientationPatient)?.series.ImageOrientationPatient;
  const normal = axes && sliceNormal(axes);
  if (!normal) return [];
  const placed = members.flatMap((member) => {
    const point = member.slice.ImagePositionPatient;
    return point ? [{ member, place: along(normal, point) }] : [];
  });
  const places = count(placed.map(({ place }) => place));
  const locations = placed.flatMap(({ member }) => member.slice.SliceLocation ?? []);
  const located = locations.length === placed.length ? count(locations) : 0;
  return places > 1 && located <= places ? placed : [];
}

/** The same number for slices at one place. */
export function placeNumber(place: number): number {
  return Math.round(place / samePlace);
}

function count(places: readonly number[]): number {
  return new Set(places.map(placeNumber)).size;
}
