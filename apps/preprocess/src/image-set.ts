import { IchorError, listFolder } from '@ichor/files';
import { KNOWN_CORRUPT } from './config.js';

/** The slices of a set: what is to be read, and what is left out before reading. */
export interface ImageSet {
  /** Sorted. */
  readonly ids: readonly string[];
  readonly leftOut: readonly { readonly id: string; readonly reason: string }[];
}

const EXTENSION = '.dcm';

/**
 * Compares the files of a folder with the slices that a CSV lists.
 *
 * @param listed slices of the CSV; undefined when there is none
 * @param needsListing whether a file that the CSV lacks is left out (training: no labels) or read all the same (test)
 * @param incomplete slices that the CSV lists without all of their labels: left out in any case
 * @throws IchorError `files/not-readable`; `preprocess/no-images` when the CSV lists slices and none of them is there: a
 *   disk that is not mounted causes this, and empty tables must not replace good ones
 */
export async function findImages(
  folder: string,
  listed: readonly string[] | undefined,
  needsListing: boolean,
  incomplete: ReadonlySet<string> = new Set(),
): Promise<ImageSet> {
  const leftOut: { id: string; reason: string }[] = [];
  const known = listed === undefined ? undefined : new Set(listed);
  const found = new Set<string>();
  for (const name of (await listFolder(folder)) ?? []) {
    if (!name.endsWith(EXTENSION)) continue;
    const id = name.slice(0, -EXTENSION.length);
    found.add(id);
  }
  const listedIds = [...(known ?? [])].filter((id) => !KNOWN_CORRUPT.has(id));
  if (listedIds.length > 0 && !listedIds.some((id) => found.has(id))) {
    throw new IchorError({
      code: 'preprocess/no-images',
      file: folder,
      reason: `holds none of the ${listedIds.length} slices that the CSV lists`,
      remedy: 'mount the disk, copy the images to this folder, or remove the CSV if there is no such set',
    });
  }
  const ids: string[] = [];
  for (const id of found) {
    if (KNOWN_CORRUPT.has(id)) leftOut.push({ id, reason: 'known to be corrupt' });
    else if (incomplete.has(id)) leftOut.push({ id, reason: 'not all six labels in the label CSV' });
    else if (needsListing && known?.has(id) !== true) leftOut.push({ id, reason: 'no row in the label CSV' });
    else ids.push(id);
  }
  for (const id of known ?? [])
    if (!found.has(id)) {
      const reason = KNOWN_CORRUPT.has(id)
        ? 'known to be corrupt'
        : 'listed in the CSV, but there is no such file';
      leftOut.push({ id, reason });
    }
  return { ids: ids.sort(), leftOut };
}
