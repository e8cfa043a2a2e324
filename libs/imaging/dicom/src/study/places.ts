import type { PlacedSlice } from './study.js';

/** Slices closer than this (mm) lie at one place. */
export const SAME_PLACE = 0.01;

/**
 * The reason why the positions of a series define no order; undefined if they do. Some anonymizers write one
 * ImagePositionPatient into all files, so slices at one place are not always copies of each other. They are copies if
 * they also share a SliceLocation, or if two files share an InstanceNumber.
 *
 * @param placed ascending
 */
export function placesObjection(placed: readonly PlacedSlice[]): string | undefined {
  const slices = placed.length;
  if (slices < 2) return undefined;
  const attributes = placed.map(({ slice }) => slice.attributes);
  const places = countPlaces(placed.map(({ position }) => position));
  const locations = attributes
    .map(({ SliceLocation }) => SliceLocation)
    .filter((value) => value !== undefined);
  const located = locations.length === slices ? countPlaces(locations.sort((a, b) => a - b)) : 0;
  if (located > places) {
    return `ImagePositionPatient puts ${slices} slices at ${places === 1 ? 'one place' : `${places} places`}, SliceLocation at ${located}`;
  }
  if (places > 1) return undefined;
  const origin = attributes[0]?.ImagePositionPatient;
  const confirmed = located === 1 && origin?.some((part) => part !== 0);
  const copies = slices === 2 && attributes[0]?.InstanceNumber === attributes[1]?.InstanceNumber;
  return confirmed || copies ? undefined : `ImagePositionPatient is the same in all ${slices} slices`;
}

/** @param sorted ascending */
function countPlaces(sorted: readonly number[]): number {
  let places = 0;
  let last = -Infinity;
  for (const value of sorted) {
    if (value - last < SAME_PLACE) continue;
    places += 1;
    last = value;
  }
  return places;
}
