import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Identifiers of the synthetic sets; all attributes lie before the pixels, in the first kilobytes. */
const IDENTIFIER = /ID_[0-9a-f]{9}/g;
const HEADER_BYTES = 4096;

/**
 * Copies the slices of a folder `copies` times under other identifiers of study, series and slice: the same heads, but
 * other studies to every program that reads them.
 */
export async function manyStudies(folder: string, out: string, copies: number): Promise<void> {
  await mkdir(out, { recursive: true });
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.dcm'))) {
    const file = await readFile(join(folder, name));
    const header = file.toString('latin1', 0, HEADER_BYTES);
    for (let copy = 0; copy < copies; copy++) {
      // Digits of the copy take the place of some of the identifier; the length must stay.
      const digits = copy.toString(16).padStart(3, '0');
      const changed = Buffer.from(file);
      changed.write(
        header.replace(IDENTIFIER, (id) => `${id.slice(0, 3)}${digits}${id.slice(6)}`),
        'latin1',
      );
      await writeFile(join(out, `${copy}-${name}`), changed);
    }
  }
}
