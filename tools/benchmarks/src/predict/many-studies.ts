import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDicom } from '@ichor/dicom';

/** Identifiers of the synthetic sets; all attributes lie before the pixels, in the first kilobytes. */
const IDENTIFIER = /ID_[0-9a-f]{9}/g;
const HEADER_BYTES = 4096;

/**
 * Copies the studies of a folder until there are `count`, under other identifiers of study, series and slice: the same
 * heads, but other studies to every program that reads them. Takes the disk of `count` studies.
 */
export async function manyStudies(folder: string, out: string, count: number): Promise<void> {
  await mkdir(out, { recursive: true });
  const studies = new Map<string, string[]>();
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.dcm'))) {
    const study = parseDicom(await readFile(join(folder, name))).attributes.StudyInstanceUID ?? '';
    studies.set(study, [...(studies.get(study) ?? []), name]);
  }
  for (const [index, names] of [...studies.values()].entries()) {
    for (const name of names) {
      const file = await readFile(join(folder, name));
      const header = file.toString('latin1', 0, HEADER_BYTES);
      for (let copy = 0; index + copy * studies.size < count; copy++) {
        // Digits of the copy take the place of some of the identifier; the length must stay.
        const digits = copy.toString(16).padStart(3, '0');
        file.write(
          header.replace(IDENTIFIER, (id) => `${id.slice(0, 3)}${digits}${id.slice(6)}`),
          'latin1',
        );
        await writeFile(join(out, `${copy}-${name}`), file);
      }
    }
  }
}
