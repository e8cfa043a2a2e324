import { anyWord, plainText } from './text.js';

const localizer = anyWord(
  'SCOUTS?|TOPO|TOPOGRAM\\p{L}*|LOCALI[SZ]ER|LOKALI[SZ]ER|SURVIEW|SCANO|SCANOGRAM\\p{L}*|PILOT',
);
const bone = anyWord('BONES?|BONY|KNOCHEN\\p{L}*|OSSEUX|OSSEUSES?|HUESOS?|OSEO|OSEA|OSSO|OSSEO');

/** Whether a description names the overview on which slices are planned. */
export function namesLocalizer(text: string): boolean {
  return localizer.test(plainText(text));
}

/** Whether a description names a reconstruction for bone. */
export function namesBone(text: string): boolean {
  return bone.test(plainText(text));
}

/** Words of ImageType (PS3.3 C.7.6.1.1.2 and what vendors add) that are not plain slices. */
const notSlices = new Set(
  [
    ...['MIP', 'MINIP', 'VOLREN', 'VOLUME_RENDERING', 'VRT', '3D', 'SSD', 'RGB'],
    ...['SCREEN SAVE', 'SCREENSAVE', 'DOSE', 'DOSE_INFO', 'PERFUSION', 'PROJECTION IMAGE'],
  ].map(plainText),
);

/** The word of an ImageType that says so; undefined when none does. */
export function notPlainSlices(imageType: readonly string[]): string | undefined {
  return imageType.find((word) => notSlices.has(plainText(word)));
}
