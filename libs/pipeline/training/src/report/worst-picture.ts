import { hounsfieldSlice } from '@ichor/base-model';
import { readDicom } from '@ichor/dicom/node';
import type { PngImage } from '@ichor/experiment';
import { contactSheet, displayWindows, encodePng, grayPicture, shrink } from '@ichor/windowing/pictures';

/** Pixels of a side. */
const side = 160;
const columns = 4;

/**
 * Slices side by side in the brain window, in the order given: pixels alone, without any attribute of the files. The
 * place of a slice that cannot be read stays black.
 */
export async function worstPicture(files: readonly string[]): Promise<PngImage> {
  const black = { width: side, height: side, data: new Uint8Array(side * side) };
  const pictures = await Promise.all(
    files.map(async (file) => {
      try {
        const dicom = await readDicom(file);
        const slice = hounsfieldSlice({ attributes: dicom.attributes, pixels: await dicom.pixels() }, file);
        return grayPicture(shrink(slice, side), displayWindows.brain);
      } catch {
        // The slice was readable before; a missing picture must not stop the training.
        return black;
      }
    }),
  );
  const sheet = contactSheet(pictures, { columns });
  return { width: sheet.width, height: sheet.height, png: encodePng(sheet) };
}
