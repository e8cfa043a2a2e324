import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hounsfield, parseDicom, undoPixelWrapAround } from '@ichor/dicom';
import { planStudies } from '@ichor/intake';
import { displayWindows, encodePng, grayPicture } from '@ichor/windowing/pictures';

/** What was drawn of a study. */
export interface Drawn {
  readonly studyInstanceUid: string;
  readonly slices: number;
  /** Lowest and highest value of the slice in the middle, in Hounsfield units. */
  readonly range: readonly [number, number];
  /** Path of the PNG. */
  readonly picture: string;
}

/** Draws the middle slice of each head CT found in `input`, in the brain window, as PNG into `output`. */
export async function drawStudies(input: string, output: string): Promise<Drawn[]> {
  await mkdir(output, { recursive: true });
  const { studies, close } = await planStudies([input]);
  const drawn: Drawn[] = [];
  for (const { studyInstanceUid, slices } of studies) {
    const middle = slices[slices.length >> 1];
    if (middle === undefined) continue;
    const file = parseDicom(await middle.source.read());
    const pixels = await file.pixels();
    // Some scanners of the challenge's data wrote values of twelve bits that had wrapped around.
    const { data: stored, ...rescale } = undoPixelWrapAround(pixels.data, file.attributes);
    const { rows, columns, data } = hounsfield({ ...pixels, data: stored }, rescale);
    const picture = join(output, `${studyInstanceUid}.png`);
    const slice = { width: columns, height: rows, data: Int16Array.from(data) };
    await writeFile(picture, encodePng(grayPicture(slice, displayWindows.brain)));
    let [low, high] = [Infinity, -Infinity];
    for (const value of data) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    drawn.push({ studyInstanceUid, slices: slices.length, range: [low, high], picture });
  }
  close();
  return drawn;
}
