import { messageOf } from '@ichor/files/error';
import { Inflate } from 'fflate';
import { concatBytes } from '../bytes.js';
import { DicomError } from '../error.js';
import type { Limits } from '../limits.js';

/** Deflated bytes that are inflated at once: they can grow 1032-fold before the limit is checked. */
const STEP = 16 * 1024;

/**
 * The data set of Deflated Explicit VR Little Endian (PS3.5 annex A.5): raw deflate, RFC 1951.
 *
 * @throws DicomError `dicom/too-large` beyond `limits.inflatedBytes`, `dicom/malformed`
 */
export function inflate(deflated: Uint8Array, limits: Limits): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    const stream = new Inflate((part) => {
      length += part.length;
      if (length > limits.inflatedBytes) throw tooLarge(limits);
      parts.push(part.slice());
    });
    for (let at = 0; at === 0 || at < deflated.length; at += STEP) {
      stream.push(deflated.subarray(at, at + STEP), at + STEP >= deflated.length);
    }
    return concatBytes(parts);
  } catch (cause) {
    if (cause instanceof DicomError) throw cause;
    throw new DicomError({
      code: 'dicom/malformed',
      reason: `the deflated data set cannot be inflated: ${messageOf(cause)}`,
      remedy: 'copy the file again from its source',
      cause,
    });
  }
}

function tooLarge({ inflatedBytes }: Limits): DicomError {
  return new DicomError({
    code: 'dicom/too-large',
    reason: `the deflated data set grows beyond ${inflatedBytes} bytes`,
    remedy: 'raise limits.inflatedBytes if the file is trusted',
  });
}
