import { present } from '@ichor/files/present';
import { badPixels, unsupportedPixels } from '../bad-pixels.js';

/** The header of a JPEG-LS scan of one component (ITU-T T.87 annex C). */
export interface JpegLsHeader {
  readonly precision: number;
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  /** Largest difference between a decoded and an original sample; 0 is lossless. */
  readonly near: number;
  readonly maximum: number;
  /** Thresholds of the gradients, T1 to T3. */
  readonly thresholds: readonly [number, number, number];
  /** Samples after which the statistics of a context are halved. */
  readonly reset: number;
  /** First byte of the coded samples. */
  readonly scanStart: number;
}

interface Preset {
  readonly maximum: number;
  readonly thresholds: readonly [number, number, number];
  readonly reset: number;
}

const NO_PRESET: Preset = { maximum: 0, thresholds: [0, 0, 0], reset: 0 };
const MOST_SEGMENTS = 256;

/** @throws DicomError `dicom/bad-pixels`; `dicom/unsupported` for mapping tables and restart intervals */
export function readJpegLsHeader(stream: Uint8Array): JpegLsHeader {
  if (stream[0] !== 0xff || stream[1] !== 0xd8) throw badPixels('the stream does not start like a JPEG-LS');
  let frame: Pick<JpegLsHeader, 'precision' | 'rows' | 'columns' | 'components'> | undefined;
  let preset = NO_PRESET;
  let at = 2;
  for (let segments = 0; segments < MOST_SEGMENTS; segments++) {
    while (stream[at] === 0xff && stream[at + 1] === 0xff) at += 1;
    const marker = stream[at + 1];
    if (stream[at] !== 0xff || marker === undefined)
      throw badPixels(`expected a JPEG-LS marker at byte ${at}`);
    const length = at + 4 <= stream.length ? word(stream, at + 2) : 0;
    const end = at + 2 + length;
    if (length < 2 || end > stream.length) throw badPixels('the JPEG-LS stream ends before its pixels');
    const segment = stream.subarray(at + 4, end);
    at = end;
    if (marker === 0xf7 && segment.length >= 6) {
      frame = {
        precision: segment[0]!,
        rows: word(segment, 1),
        columns: word(segment, 3),
        components: segment[5]!,
      };
    } else if (marker === 0xf8) {
      preset = readPreset(segment, preset);
    } else if (marker === 0xdd && segment.some((byte) => byte !== 0)) {
      throw unsupportedPixels('JPEG-LS restart markers are not read');
    } else if (marker === 0xda) {
      if (frame === undefined) throw badPixels('the JPEG-LS stream has no frame header');
      if (segment.length < 6 || segment[0] !== 1) throw badPixels('a JPEG-LS scan is not of one component');
      if (segment[2] !== 0) throw unsupportedPixels('JPEG-LS mapping tables are not read');
      return { ...frame, ...coding(frame.precision, segment[3]!, preset), scanStart: at };
    }
  }
  throw badPixels(`more than ${MOST_SEGMENTS} JPEG-LS segments before the pixels`);
}

function readPreset(segment: Uint8Array, preset: Preset): Preset {
  if (segment[0] !== 1)
    throw unsupportedPixels(`JPEG-LS preset parameters of type ${segment[0]} are not read`);
  if (segment.length < 11) throw badPixels('the JPEG-LS preset parameters are cut off');
  const [maximum, t1, t2, t3, reset] = [1, 3, 5, 7, 9].map((i) => word(segment, i));
  return {
    maximum: maximum ?? preset.maximum,
    thresholds: [t1 ?? 0, t2 ?? 0, t3 ?? 0],
    reset: reset ?? preset.reset,
  };
}

/** Fills in the defaults of T.87 C.2.4.1.1 and checks the ranges. */
function coding(precision: number, near: number, preset: Preset) {
  if (precision < 2 || precision > 16) throw badPixels(`the JPEG-LS stream has ${precision} bits a pixel`);
  const top = 2 ** precision - 1;
  const maximum = preset.maximum || top;
  if (maximum > top || near > Math.min(255, maximum >> 1)) {
    throw badPixels(`JPEG-LS parameters NEAR ${near} and MAXVAL ${maximum} do not fit ${precision} bits`);
  }
  const defaults = defaultThresholds(maximum, near);
  const [t1, t2, t3] = preset.thresholds.map((value, i) => value || present(defaults[i])) as [
    number,
    number,
    number,
  ];
  const reset = preset.reset || 64;
  if (t1 <= near || t2 < t1 || t3 < t2 || t3 > maximum || reset < 3) {
    throw badPixels(`JPEG-LS thresholds ${t1}, ${t2}, ${t3} or RESET ${reset} are out of range`);
  }
  return { near, maximum, thresholds: [t1, t2, t3] as const, reset };
}

function defaultThresholds(maximum: number, near: number): [number, number, number] {
  const clamp = (value: number, low: number) => (value > maximum || value < low ? low : value);
  let wanted: [number, number, number];
  if (maximum >= 128) {
    const factor = (Math.min(maximum, 4095) + 128) >> 8;
    wanted = [factor + 2 + 3 * near, 4 * factor + 3 + 5 * near, 17 * factor + 4 + 7 * near];
  } else {
    const factor = Math.floor(256 / (maximum + 1));
    wanted = [
      Math.max(2, Math.floor(3 / factor) + 3 * near),
      Math.max(3, Math.floor(7 / factor) + 5 * near),
      Math.max(4, Math.floor(21 / factor) + 7 * near),
    ];
  }
  const t1 = clamp(wanted[0], near + 1);
  const t2 = clamp(wanted[1], t1);
  return [t1, t2, clamp(wanted[2], t2)];
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}
