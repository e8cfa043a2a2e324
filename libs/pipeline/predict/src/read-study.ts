import type { DecodedSlice } from '@ichor/base-model';
import { parseDicom, rescaleOf, type DicomAttributes, type PlainRecord } from '@ichor/dicom';
import { IchorError } from '@ichor/files';
import type { StudyPlan, StudySlice } from '@ichor/intake';

/** A slice of a study in memory. */
export interface ReadSlice {
  readonly slice: StudySlice;
  readonly decoded: DecodedSlice;
}

export interface ReadStudy {
  /** In order; those that could not be read are missing. */
  readonly slices: readonly ReadSlice[];
  readonly unreadable: readonly { readonly name: string; readonly reason: string }[];
  /** Every attribute of the first slice. */
  readonly values: PlainRecord;
}

/** Attributes of head CT beyond this many slices are no study but a mistake; thin series have up to 600. */
const mostSlices = 2000;

/**
 * Reads and decodes the slices of a planned study.
 *
 * @throws IchorError `predict/unreadable` when no slice can be read, `predict/too-large`
 */
export async function readStudy(plan: StudyPlan): Promise<ReadStudy> {
  if (plan.slices.length > mostSlices) {
    throw new IchorError({
      code: 'predict/too-large',
      file: plan.studyInstanceUid,
      reason: `${plan.slices.length} slices are more than the ${mostSlices} that a head CT can have`,
      remedy: 'give the series alone, or a thicker reconstruction',
    });
  }
  const slices: ReadSlice[] = [];
  const unreadable: { name: string; reason: string }[] = [];
  let values: PlainRecord | undefined;
  for (const slice of plan.slices) {
    const { name } = slice.source;
    try {
      const file = parseDicom(await slice.source.read(), { name });
      slices.push({ slice, decoded: { attributes: readable(file.attributes), pixels: await file.pixels() } });
      values ??= file.values();
    } catch (cause) {
      unreadable.push({ name, reason: cause instanceof IchorError ? cause.reason : String(cause) });
    }
  }
  if (slices.length === 0 || !values) {
    throw new IchorError({
      code: 'predict/unreadable',
      file: plan.studyInstanceUid,
      reason: `none of its ${plan.slices.length} slices can be read (${unreadable[0]?.reason ?? 'no slices'})`,
      remedy: 'export the study again',
    });
  }
  return { slices, unreadable, values };
}

/** @throws IchorError when it is no single slice whose Hounsfield units are known */
function readable(attributes: DicomAttributes): DicomAttributes {
  rescaleOf(attributes);
  if (attributes.NumberOfFrames === 1 && attributes.SamplesPerPixel === 1) return attributes;
  throw new IchorError({
    code: 'predict/layout',
    reason:
      attributes.NumberOfFrames > 1
        ? `it holds ${attributes.NumberOfFrames} frames; enhanced multi-frame CT is not read`
        : `it has ${attributes.SamplesPerPixel} samples a pixel, which is no CT slice`,
    remedy: 'export the series as single-frame CT images',
  });
}
