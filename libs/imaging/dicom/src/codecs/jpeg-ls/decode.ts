import type { PixelLayout, StoredArray } from '../../pixels/layout.js';
import { badPixels, expectSize } from '../bad-pixels.js';
import { samplesToStored } from '../samples.js';
import { JpegLsBitReader } from './bit-reader.js';
import { readJpegLsHeader } from './header.js';
import { ScanDecoder } from './scan.js';

/**
 * JPEG-LS, lossless and near-lossless (ITU-T T.87).
 *
 * It is written here because CharLS counts to 2^31 on some damaged streams, which takes seconds for each of them.
 */
export function decodeJpegLs(stream: Uint8Array, layout: PixelLayout): StoredArray {
  const header = readJpegLsHeader(stream);
  expectSize('JPEG-LS', layout, header);
  const { rows, columns } = header;
  // A run of at most 32768 equal pixels takes a bit, and no run passes the end of a row.
  const leastBits = rows * Math.ceil(columns / 32768);
  if ((stream.length - header.scanStart) * 8 < leastBits)
    throw badPixels('the compressed pixels end too early');
  const out = new Uint16Array(rows * columns);
  const reader = new JpegLsBitReader(stream, header.scanStart);
  const scan = new ScanDecoder(header, reader);
  // One sample before and one after each row, as the neighbourhood of its ends (T.87 A.2.1).
  let above = new Int32Array(columns + 2);
  let row = new Int32Array(columns + 2);
  for (let y = 0; y < rows; y++) {
    above[columns + 1] = above[columns]!;
    row[0] = above[1]!;
    scan.decodeRow(above, row);
    reader.expectReal();
    out.set(row.subarray(1, columns + 1), y * columns);
    [above, row] = [row, above];
  }
  return samplesToStored(out, header.precision, false, layout);
}
