import { badPixels } from './bad-pixels.js';

export interface CodestreamHeader {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  readonly precision: number;
  /** The stream without the enclosing boxes of a JP2 file. */
  readonly codestream: Uint8Array;
}

/** Real tiles are at least 64 x 64; forged ones cost the decoders time and memory each. */
const LEAST_TILE_PIXELS = 1024;
const MOST_LAYERS = 1024;

/**
 * Checks the parameters that determine the decoders' memory before they run: SIZ (size, tiles, components) and COD
 * (layers, decompositions) of ITU-T T.800 annex A.5 and A.6.
 *
 * @throws DicomError `dicom/bad-pixels`
 */
export function readCodestreamHeader(stream: Uint8Array): CodestreamHeader {
  const codestream = withoutBoxes(stream);
  const view = new DataView(codestream.buffer, codestream.byteOffset, codestream.length);
  if (view.byteLength < 4 + 41 || view.getUint32(0) !== 0xff4fff51) {
    throw badPixels('the stream does not start like a JPEG 2000 code stream');
  }
  const [x1, y1, x0, y0, tileX, tileY, tileX0, tileY0] = Array.from({ length: 8 }, (_, i) =>
    view.getUint32(8 + 4 * i),
  ) as [number, number, number, number, number, number, number, number];
  const components = view.getUint16(40);
  const columns = x1 - x0;
  const rows = y1 - y0;
  if (columns <= 0 || rows <= 0) throw badPixels('the JPEG 2000 image area is empty');
  if (tileX === 0 || tileY === 0 || tileX0 > x0 || tileY0 > y0)
    throw badPixels('the JPEG 2000 tiles are off the image');
  const tiles = Math.ceil((x1 - tileX0) / tileX) * Math.ceil((y1 - tileY0) / tileY);
  if (tiles > Math.max(4, (rows * columns) / LEAST_TILE_PIXELS)) {
    throw badPixels(`the JPEG 2000 stream has ${tiles} tiles for ${rows} x ${columns} pixels`);
  }
  if (view.getUint8(43) !== 1 || view.getUint8(44) !== 1)
    throw badPixels('the JPEG 2000 component is subsampled');
  checkCodingStyle(view);
  return { rows, columns, components, precision: (view.getUint8(42) & 127) + 1, codestream };
}

/** Walks the main header up to the first tile. */
function checkCodingStyle(view: DataView): void {
  let at = 2;
  let found = false;
  while (at + 4 <= view.byteLength) {
    const marker = view.getUint16(at);
    if (marker === 0xff90) {
      if (!found) break;
      checkTileParts(view, at);
      return;
    }
    const length = view.getUint16(at + 2);
    if (marker < 0xff00 || length < 2 || at + 2 + length > view.byteLength) {
      throw badPixels('the main header of the JPEG 2000 stream is damaged');
    }
    if (marker === 0xff52) {
      if (length < 12) throw badPixels('the coding style of the JPEG 2000 stream is cut off');
      const layers = view.getUint16(at + 6);
      const decompositions = view.getUint8(at + 9);
      if (layers < 1 || layers > MOST_LAYERS || decompositions > 32) {
        throw badPixels(`the JPEG 2000 stream has ${layers} layers and ${decompositions} decompositions`);
      }
      found = true;
    }
    at += 2 + length;
  }
  throw badPixels('the main header of the JPEG 2000 stream ends too early');
}

/** The decoders silently fill in pixels that are cut off. The lengths of the tile parts show the loss (A.4.2). */
function checkTileParts(view: DataView, first: number): void {
  let at = first;
  while (at + 12 <= view.byteLength && view.getUint16(at) === 0xff90) {
    const length = view.getUint32(at + 6);
    // Zero means "up to the end" and is allowed in the last tile part.
    if (length === 0) return;
    if (length < 14) throw badPixels('a JPEG 2000 tile part is shorter than its header');
    at += length;
  }
  if (at > view.byteLength) throw badPixels('the compressed pixels end too early');
}

/** DICOM requires the code stream alone; some writers store a whole JP2 file (T.800 annex I). */
function withoutBoxes(stream: Uint8Array): Uint8Array {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.length);
  if (stream.length < 12 || view.getUint32(4) !== 0x6a502020) return stream;
  let at = 0;
  while (at + 8 <= stream.length) {
    const length = view.getUint32(at);
    if (view.getUint32(at + 4) === 0x6a703263) return stream.subarray(at + 8);
    if (length < 8) break;
    at += length;
  }
  throw badPixels('the JP2 file holds no code stream');
}
