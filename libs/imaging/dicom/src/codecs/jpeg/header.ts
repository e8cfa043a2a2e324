import { badPixels, unsupportedPixels } from '../bad-pixels.js';
import { readHuffmanTables, type HuffmanTable } from './huffman.js';

/** Everything before the entropy-coded pixels of a single-component JPEG scan (ITU-T T.81 annex B). */
export interface JpegHeader {
  /** Number of the start-of-frame marker: 0 baseline, 1 extended, 3 lossless. */
  readonly process: number;
  readonly precision: number;
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  /** MCUs between restart markers; 0 for none. */
  readonly restartInterval: number;
  readonly dcTable: HuffmanTable | undefined;
  readonly acTable: HuffmanTable | undefined;
  /** 64 divisors in zigzag order. */
  readonly quantization: Uint16Array | undefined;
  /** Ss: the predictor of the lossless process. */
  readonly selection: number;
  /** Al: the point transform of the lossless process. */
  readonly pointTransform: number;
  /** First byte of the entropy-coded pixels. */
  readonly scanStart: number;
}

interface Frame {
  readonly process: number;
  readonly precision: number;
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  readonly quantizationTable: number;
}

/** Streams need four tables of each kind; the limit bounds the time for forged streams. */
const MOST_SEGMENTS = 256;

/** @throws DicomError `dicom/bad-pixels`; `dicom/unsupported` for arithmetic, hierarchical and progressive coding */
export function readJpegHeader(stream: Uint8Array): JpegHeader {
  if (stream[0] !== 0xff || stream[1] !== 0xd8) throw badPixels('the stream does not start like a JPEG');
  const huffman = new Map<number, HuffmanTable>();
  const quantization = new Map<number, Uint16Array>();
  let frame: Frame | undefined;
  let restartInterval = 0;
  let position = 2;
  for (let segments = 0; segments < MOST_SEGMENTS; segments++) {
    const marker = nextMarker(stream, position);
    position = marker.end;
    const segment = segmentAt(stream, position, marker.code);
    position += segment.length + 2;
    switch (marker.code) {
      case 0xc4:
        readHuffmanTables(segment, huffman);
        break;
      case 0xdb:
        readQuantization(segment, quantization);
        break;
      case 0xdd:
        if (segment.length < 2) throw badPixels('the JPEG restart interval is cut off');
        restartInterval = word(segment, 0);
        break;
      case 0xda: {
        if (frame === undefined) throw badPixels('a JPEG scan precedes its frame');
        if (segment.length < 6 || segment[0] !== 1) throw badPixels('a JPEG scan is not of one component');
        const tables = segment[2]!;
        return {
          ...frame,
          restartInterval,
          dcTable: huffman.get(tables >> 4),
          acTable: huffman.get(0x10 | (tables & 15)),
          quantization: quantization.get(frame.quantizationTable),
          selection: segment[3]!,
          pointTransform: segment[5]! & 15,
          scanStart: position,
        };
      }
      default:
        if (marker.code >= 0xc0 && marker.code <= 0xcf && marker.code !== 0xc8) {
          if (frame !== undefined) throw badPixels('the JPEG stream has two frames');
          frame = readFrame(marker.code & 15, segment);
        } else if (marker.code < 0xe0 && marker.code !== 0xdc) {
          throw badPixels(`unexpected JPEG marker ff${marker.code.toString(16).padStart(2, '0')}`);
        }
    }
  }
  throw badPixels(`more than ${MOST_SEGMENTS} JPEG segments before the pixels`);
}

function nextMarker(stream: Uint8Array, at: number): { code: number; end: number } {
  let position = at;
  if (stream[position] !== 0xff) throw badPixels(`expected a JPEG marker at byte ${at} of the stream`);
  while (stream[position] === 0xff) position += 1;
  const code = stream[position];
  if (code === undefined) throw badPixels('the JPEG stream ends before its pixels');
  return { code, end: position + 1 };
}

/** The content of a segment after its two bytes of length. */
function segmentAt(stream: Uint8Array, at: number, marker: number): Uint8Array {
  if (at + 2 > stream.length) throw badPixels('the JPEG stream ends before its pixels');
  const length = word(stream, at);
  if (length < 2 || at + length > stream.length) {
    throw badPixels(`JPEG segment ff${marker.toString(16)} reaches beyond the stream`);
  }
  return stream.subarray(at + 2, at + length);
}

function readFrame(process: number, segment: Uint8Array): Frame {
  if (process !== 0 && process !== 1 && process !== 3) {
    throw unsupportedPixels(
      `JPEG process SOF${process} (progressive, hierarchical or arithmetic) is not read`,
    );
  }
  if (segment.length < 9) throw badPixels('the JPEG frame header is cut off');
  return {
    process,
    precision: segment[0]!,
    rows: word(segment, 1),
    columns: word(segment, 3),
    components: segment[5]!,
    quantizationTable: segment[8]!,
  };
}

function readQuantization(segment: Uint8Array, tables: Map<number, Uint16Array>): void {
  let at = 0;
  while (at < segment.length) {
    const wide = segment[at]! >> 4 !== 0;
    const end = at + 1 + (wide ? 128 : 64);
    if (end > segment.length) throw badPixels('a JPEG quantization table is cut off');
    const table = new Uint16Array(64);
    for (let i = 0; i < 64; i++) table[i] = wide ? word(segment, at + 1 + 2 * i) : segment[at + 1 + i]!;
    tables.set(segment[at]! & 15, table);
    at = end;
  }
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}
