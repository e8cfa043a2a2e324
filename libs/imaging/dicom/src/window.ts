import type { Window } from '@ichor/windowing';
import type { DicomAttributes } from './attributes.js';

/**
 * The file's own window: the first of its pairs, truncated to integers; undefined if the file has none. Centre and width
 * with the same index form a pair (PS3.3 C.11.2.1.2), so an index where one of them is missing is not a window.
 */
export function fileWindow({
  WindowCenter,
  WindowWidth,
}: Pick<DicomAttributes, 'WindowCenter' | 'WindowWidth'>): Window | undefined {
  for (const [place, center] of WindowCenter.entries()) {
    const width = WindowWidth[place];
    if (center !== undefined && width !== undefined) {
      return { center: Math.trunc(center), width: Math.trunc(width) };
    }
  }
  return undefined;
}
