import { isSharpKernel, planeOf, type SeriesHeader } from './series-description.js';
import { bodyPart, namesElsewhere, namesHead } from './words/body-part.js';
import { contrastInWords, namesAgent } from './words/contrast.js';
import { namesBone, namesLocalizer, notPlainSlices } from './words/picture.js';

/**
 * The reason why a file is not a plain axial soft-tissue slice of a head; undefined if there is none.
 *
 * A missing attribute is not an objection: anonymized files lack most of them. Attributes have priority over
 * descriptions: no word of a description overrides an attribute.
 */
export function objection(header: SeriesHeader): string | undefined {
  return (
    modalityObjection(header) ??
    pictureObjection(header) ??
    bodyObjection(header) ??
    contrastObjection(header)
  );
}

/** Warnings from descriptions that are not about this series alone. */
export function doubt({ SeriesDescription, StudyDescription, ...header }: SeriesHeader): string | undefined {
  if (header.BodyPartExamined !== undefined && bodyPart(header.BodyPartExamined) === 'unknown') {
    return `BodyPartExamined is “${header.BodyPartExamined}”; the description says that it is a head`;
  }
  if (contrastInWords(SeriesDescription ?? '') !== undefined) return undefined;
  return contrastInWords(StudyDescription ?? '') === 'with'
    ? `the description of the study (“${StudyDescription}”) speaks of contrast agent, which looks like blood; that of the series does not`
    : undefined;
}

function modalityObjection({ Modality, SamplesPerPixel }: SeriesHeader): string | undefined {
  // CS is upper case, but `ct` is unambiguous.
  if (Modality !== undefined && Modality.trim().toUpperCase() !== 'CT')
    return `it is not CT (Modality ${Modality})`;
  return SamplesPerPixel > 1
    ? `it holds pictures in colour (SamplesPerPixel ${SamplesPerPixel}), no slices`
    : undefined;
}

function pictureObjection(header: SeriesHeader): string | undefined {
  const { ImageType, SeriesDescription: description = '', ConvolutionKernel } = header;
  if (ImageType.some((type) => /^LOCALIZER$/i.test(type.trim())) || namesLocalizer(description))
    return 'it is a localizer';
  const derived = notPlainSlices(ImageType);
  if (derived !== undefined) return `it holds no plain slices (ImageType ${derived})`;
  if (header.unit !== undefined) return `its values are not known in Hounsfield units (${header.unit})`;
  const plane = planeOf(header);
  if (plane !== undefined && plane !== 'axial') return `its slices are ${plane}, not axial`;
  if (isSharpKernel(ConvolutionKernel))
    return `its kernel is a sharp one, for bone (ConvolutionKernel ${ConvolutionKernel})`;
  return namesBone(description) ? `it is reconstructed for bone (“${description}”)` : undefined;
}

function bodyObjection(header: SeriesHeader): string | undefined {
  const { BodyPartExamined, AnatomicRegionSequence, SeriesDescription: description = '' } = header;
  const [region] = AnatomicRegionSequence;
  const stated = [BodyPartExamined, region].find(
    (value) => value !== undefined && bodyPart(value) !== 'nothing',
  );
  const part = stated === undefined ? 'nothing' : bodyPart(stated);
  if (part === 'elsewhere' || (part === 'unknown' && !describesHead(header))) {
    return `it shows another part of the body (${stated === region ? 'AnatomicRegionSequence' : 'BodyPartExamined'} ${stated})`;
  }
  // A sinus series of a head study has BodyPartExamined HEAD as well.
  return namesElsewhere(description) ? `it shows another part of the body (“${description}”)` : undefined;
}

function describesHead({ SeriesDescription, ProtocolName, StudyDescription }: SeriesHeader): boolean {
  return [SeriesDescription, ProtocolName, StudyDescription].some((text) => namesHead(text ?? ''));
}

function contrastObjection(header: SeriesHeader): string | undefined {
  const agent = agentOf(header);
  if (agent !== undefined) return `it was taken with contrast agent (${agent}), which looks like blood`;
  for (const text of [header.SeriesDescription, header.ProtocolName]) {
    const said = contrastInWords(text ?? '');
    if (said === 'without') return undefined;
    if (said === 'with') return `it was taken with contrast agent (“${text}”), which looks like blood`;
    if (said === 'both')
      return `whether it was taken with contrast agent, which looks like blood, is not clear (“${text}”)`;
  }
  return undefined;
}

/** PS3.3 C.7.6.4: the agent, or one of the attributes that only a series after contrast agent has. */
function agentOf(header: SeriesHeader): string | undefined {
  const { ContrastBolusAgent, ContrastBolusIngredient, ContrastBolusRoute } = header;
  const { ContrastBolusAgentSequence, ContrastBolusVolume, ContrastBolusTotalDose } = header;
  if (namesAgent(ContrastBolusAgent)) return ContrastBolusAgent;
  const item = ContrastBolusAgentSequence.find((meaning) => meaning === '' || namesAgent(meaning));
  if (item !== undefined) return item === '' ? 'ContrastBolusAgentSequence' : item;
  if (namesAgent(ContrastBolusIngredient)) return `ContrastBolusIngredient ${ContrastBolusIngredient}`;
  if (namesAgent(ContrastBolusRoute)) return `ContrastBolusRoute ${ContrastBolusRoute}`;
  if ((ContrastBolusVolume ?? 0) > 0) return `ContrastBolusVolume ${ContrastBolusVolume} ml`;
  if ((ContrastBolusTotalDose ?? 0) > 0) return `ContrastBolusTotalDose ${ContrastBolusTotalDose} ml`;
  return undefined;
}
