import type { Header } from './headers.js';
import { placeNumber, placesOf } from './places.js';

/**
 * The reason why a volume cannot be read: most of its places have two different images, and no attribute separates them.
 * An example is a soft-tissue and a bone reconstruction whose attributes were deleted. Undefined otherwise; a few
 * repeated slices, and copies of a file, are accepted.
 */
export function indistinguishable(members: readonly Header[]): string | undefined {
  const images = new Map<number, Set<string>>();
  for (const { member, place } of placesOf(members)) {
    const { SOPInstanceUID } = member.slice;
    if (SOPInstanceUID === undefined) continue;
    const number = placeNumber(place);
    const there = images.get(number);
    if (there) there.add(SOPInstanceUID);
    else images.set(number, new Set([SOPInstanceUID]));
  }
  const doubled = [...images.values()].filter(({ size }) => size > 1).length;
  return doubled > 1 && doubled > images.size / 2
    ? `at ${doubled} of ${images.size} places lie several images, and no attribute tells which of them belong together`
    : undefined;
}
