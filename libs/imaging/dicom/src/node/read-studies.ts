import { present } from '@ichor/files/present';
import { DicomError } from '../error.js';
import type { DicomHeader } from '../header.js';
import type { ReadOptions } from '../read.js';
import { assembleStudies } from '../study/assemble.js';
import type { Assembly } from '../study/study.js';
import { readDicomHeader } from './header.js';

export interface StudiesOfFiles extends Assembly<DicomHeader> {
  /** Files whose attributes could not be read. */
  readonly unreadable: readonly DicomError[];
}

/** Number of files that are open at once: enough to keep a disk busy. */
const AT_ONCE = 16;

/** Reads the headers of files and assembles them; a bad file is reported, not thrown. */
export async function readStudies(
  paths: Iterable<string>,
  options: ReadOptions = {},
): Promise<StudiesOfFiles> {
  const all = [...paths];
  const headers: (DicomHeader | undefined)[] = all.map(() => undefined);
  const unreadable: DicomError[] = [];
  let next = 0;
  const work = async () => {
    while (next < all.length) {
      const index = next++;
      try {
        headers[index] = await readDicomHeader(present(all[index]), options);
      } catch (cause) {
        if (!(cause instanceof DicomError)) throw cause;
        unreadable.push(cause);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, all.length) }, work));
  return { ...assembleStudies(headers.filter((header) => header !== undefined)), unreadable };
}
