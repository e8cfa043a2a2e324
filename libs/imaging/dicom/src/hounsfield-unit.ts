import type { DicomAttributes } from './attributes.js';
import { DicomError, type DicomErrorDetails } from './error.js';

/** HU = stored * RescaleSlope + RescaleIntercept (PS3.3 C.11.1). */
export interface Rescale {
  readonly RescaleSlope: number;
  readonly RescaleIntercept: number;
}

export type UnitAttributes = Pick<
  DicomAttributes,
  'Modality' | 'ImageType' | 'FrameType' | 'RescaleSlope' | 'RescaleIntercept' | 'RescaleType'
>;

/**
 * Values of ImageType, capitals and digits only, of quantities other than attenuation: the terms of PS3.3 C.8.2.1.1.1
 * and C.8.16.1 for multi-energy images, and the terms of scanners for these, for perfusion maps and for differences.
 */
const otherQuantities: ReadonlySet<string> = new Set([
  ...['ZEFF', 'EFFZ', 'ZEFFECTIVE', 'EFFECTIVEZ', 'EFFATOMICNUM', 'EFFECTIVEATOMICNUMBER', 'RHOZ'],
  ...['ELECTRONDENSITY', 'EDENSITY', 'STOPPINGPOWER', 'PHOTOELECTRIC', 'COMPTON'],
  ...['MATSPECIFIC', 'MATFRACTIONAL', 'MATVALUEBASED', 'MATERIALDENSITY', 'FATFRACTION'],
  ...['IODINE', 'IODINEMAP', 'IODINEDENSITY', 'IODINENOWATER', 'WATERNOIODINE', 'CALCIUM', 'URICACID'],
  ...['CBF', 'CBV', 'MTT', 'TTP', 'TTD', 'TMAX', 'PERFUSION', 'BLOODFLOW', 'BLOODVOLUME', 'PERMEABILITY'],
  ...['SUBTRACTION', 'SUBTRACTED', 'DIFFERENCE', 'SEGMENTATION', 'LABELMAP', 'DOSE'],
]);

/** Values of ImageType of attenuations that were computed without a material: HU only where RescaleType is HU. */
const modified: ReadonlySet<string> = new Set(['MATREMOVED', 'MATMODIFIED', 'VNC', 'VUE', 'VNCA']);

const hounsfieldTerms = /^(HU|HOUNSFIELD( UNITS?)?)$/i;

/**
 * The reason why the stored values cannot be converted to Hounsfield units; undefined where they can. A CT image must have
 * RescaleSlope and RescaleIntercept (PS3.3 C.8.2.1); it must have RescaleType unless that is HU.
 */
export function unitObjection(attributes: UnitAttributes): DicomErrorDetails | undefined {
  const { Modality, RescaleSlope, RescaleIntercept, RescaleType } = attributes;
  if (Modality !== undefined && !/^CT$/i.test(Modality)) {
    return notHounsfield('Modality', `is ${short(Modality)}: only CT has Hounsfield units`);
  }
  if (RescaleSlope === undefined) return missing('RescaleSlope');
  if (RescaleIntercept === undefined) return missing('RescaleIntercept');
  if (!(RescaleSlope > 0)) {
    return {
      code: 'dicom/bad-attribute',
      attribute: 'RescaleSlope',
      reason: `is ${RescaleSlope}, not above 0`,
    };
  }
  if (RescaleType !== undefined && !hounsfieldTerms.test(RescaleType)) {
    return notHounsfield('RescaleType', `is ${short(RescaleType)}, so the values are no Hounsfield units`);
  }
  for (const type of [...attributes.ImageType, ...attributes.FrameType]) {
    const term = type.toUpperCase().replace(/[^A-Z0-9]/g, '');
    if (otherQuantities.has(term) || (modified.has(term) && RescaleType === undefined)) {
      return notHounsfield('ImageType', `says ${short(type)}, so the values are no Hounsfield units`);
    }
  }
  return undefined;
}

/**
 * Slope and intercept that turn the stored values into Hounsfield units.
 *
 * @throws DicomError `dicom/missing-attribute`, `dicom/not-hounsfield`, `dicom/bad-attribute`: an unknown unit has no
 * default
 */
export function rescaleOf(attributes: UnitAttributes): Rescale {
  const objection = unitObjection(attributes);
  if (objection !== undefined) throw new DicomError(objection);
  const { RescaleSlope = NaN, RescaleIntercept = NaN } = attributes; // Both exist: the check above refuses a missing one.
  return { RescaleSlope, RescaleIntercept };
}

function missing(attribute: string): DicomErrorDetails {
  return {
    code: 'dicom/missing-attribute',
    attribute,
    reason: 'is missing, so the Hounsfield units of the stored values are unknown',
    remedy: 'export the series again as CT images with RescaleSlope and RescaleIntercept',
  };
}

function notHounsfield(attribute: string, reason: string): DicomErrorDetails {
  return {
    code: 'dicom/not-hounsfield',
    attribute,
    reason,
    remedy: 'give a CT series in Hounsfield units instead',
  };
}

function short(text: string): string {
  return JSON.stringify(text.slice(0, 32));
}
