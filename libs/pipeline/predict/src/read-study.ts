import type { DecodedSlice } from '@ichor/base-model';
import { parseDicom, rescaleOf, type DicomAttributes, type PlainRecord } from '@ichor/dicom';
import { describeSystemError, IchorError } from '@ichor/files';
import type { StudyPlan, StudySlice } from '@ichor/intake';
import { InputFingerprint } from './input-fingerprint.js';

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
  /** Of the plan and of all bytes that were read; see {@link InputFingerprint}. */
  readonly inputs: string;
}

/** More slices than this are a mistake, not a head CT study; thin series have up to 600. */
const mostSlices = 2000;

/**
 * Reads and decodes the slices of a planned study.
 *
 * @throws IchorError `predict/unreadable` when no slice can be read, `predict/too-large`
 */
export async function readStudy(plan: StudyPlan, signal?: AbortSignal): Promise<ReadStudy> {
  if (plan.slices.length > mostSlices) {
    throw new IchorError({
      code: 'predict/too-large',
      file: plan.studyInstanceUid,
      reason: `${plan.slices.length} slices are more than the ${mostSlices} that a head CT can have`,
      remedy: 'give only this series, or a thicker reconstruction',
    });
  }
  const slices: ReadSlice[] = [];
  const unreadable: { name: string; reason: string }[] = [];
  let values: PlainRecord | undefined;
  const fingerprint = new InputFingerprint(plan);
  for (const slice of plan.slices) {
    const { name } = slice.source;
    signal?.throwIfAborted();
    let bytes: Uint8Array | undefined;
    try {
      bytes = await slice.source.read();
      const file = parseDicom(bytes, { name });
      slices.push({ slice, decoded: { attributes: readable(file.attributes), pixels: await file.pixels() } });
      values ??= file.values();
    } catch (cause) {
      unreadable.push({ name, reason: explain(cause) });
    }
    fingerprint.add(bytes);
  }
  if (slices.length === 0 || !values) {
    throw new IchorError({
      code: 'predict/unreadable',
      file: plan.studyInstanceUid,
      reason: `none of its ${plan.slices.length} slices can be read (${unreadable[0]?.reason ?? 'no slices'})`,
      remedy: 'export the study again',
    });
  }
  return { slices, unreadable, values, inputs: fingerprint.digest() };
}

/** @throws IchorError when it is not a single slice whose Hounsfield units are known */
/**
 * Without the name of the file, which is shown separately and must not appear in pages, and without any
 * header value.
 */
function explain(cause: unknown): string {
  if (cause instanceof IchorError) return cause.reason;
  return (
    describeSystemError(cause) ??
    `an unforeseen error (${cause instanceof Error ? cause.name : typeof cause})`
  );
}

function readable(attributes: DicomAttributes): DicomAttributes {
  if (attributes.NumberOfFrames === 1 && attributes.SamplesPerPixel === 1) {
    rescaleOf(attributes);
    return attributes;
  }
  throw new IchorError({
    code: 'predict/layout',
    reason:
      attributes.NumberOfFrames > 1
        ? `it holds ${attributes.NumberOfFrames} frames; enhanced multi-frame CT is not read`
        : `it has ${attributes.SamplesPerPixel} samples per pixel, so it is not a CT slice`,
    remedy: 'export the series as single-frame CT images',
  });
}
