import { isSharpKernel, planeOf, type SeriesHeader } from './series-description.js';

/** Descriptions of body parts and protocols that show no whole brain, or not without contrast. */
const elsewhere =
  /\b(chest|thorax|abdomen|pelvis|spine|c-?spine|neck|sinus(es)?|orbits?|facial|maxillo\w*|temporal bones?|iac|dental|knee|shoulder|foot|hand)\b/i;
const localizer = /\b(scout|topogram|localizer|surview|scano(gram)?)\b/i;
const contrast = /\b(cta|angio\w*|perfusion|ctp|post[ -]?contrast|with contrast|c\+|\+c|venogra\w*)\b/i;
const withoutContrast = /\b(without|w\/?o|non[ -]?contrast|no contrast|unenhanced|plain|native|c-|-c)\b/i;
const notSlices =
  /^(LOCALIZER|MIP|MINIP|VOLREN|VOLUME_RENDERING|VRT|3D|SSD|SCREEN SAVE|SCREENSAVE|DOSE|DOSE_INFO|PERFUSION|RGB|PROJECTION IMAGE)$/i;

const headParts = /head|brain|skull|cranium|cerebr/i;

/**
 * Why a series is not the plain axial soft-tissue series of a head; undefined when nothing speaks against it.
 * A missing attribute is no objection: anonymized files lack most of them.
 */
export function objection(header: SeriesHeader): string | undefined {
  const description = header.SeriesDescription ?? '';
  const modality = header.Modality ?? 'CT';
  if (modality !== 'CT') return `it is no CT (Modality ${modality})`;
  if (header.ImageType.some((type) => /^LOCALIZER$/i.test(type)) || localizer.test(description))
    return 'it is a localizer';
  const derived = header.ImageType.find((type) => notSlices.test(type));
  if (derived !== undefined) return `it holds no plain slices (ImageType ${derived})`;
  if (header.unit !== undefined) return `its values are not known in Hounsfield units (${header.unit})`;
  const plane = planeOf(header);
  if (plane !== undefined && plane !== 'axial') return `its slices are ${plane}, not axial`;
  const part = header.BodyPartExamined;
  if (part !== undefined && part.trim() !== '' && !headParts.test(part)) {
    return `it shows another part of the body (BodyPartExamined ${part})`;
  }
  const other = elsewhere.exec(description);
  if (other && !headParts.test(description)) return `it shows another part of the body (“${description}”)`;
  if (isSharpKernel(header.ConvolutionKernel)) {
    return `its kernel is a sharp one, for bone (ConvolutionKernel ${header.ConvolutionKernel})`;
  }
  if (/\bbone\b/i.test(description)) return `it is reconstructed for bone (“${description}”)`;
  return contrastObjection(header, description);
}

function contrastObjection({ ContrastBolusAgent }: SeriesHeader, description: string): string | undefined {
  if (withoutContrast.test(description)) return undefined;
  const agent = ContrastBolusAgent?.trim() ?? '';
  if (agent !== '' && !/^(no|none|n\/a|without)/i.test(agent)) {
    return `it was taken with contrast agent (${agent}), which looks like blood`;
  }
  return contrast.test(description)
    ? `it was taken with contrast agent (“${description}”), which looks like blood`
    : undefined;
}
