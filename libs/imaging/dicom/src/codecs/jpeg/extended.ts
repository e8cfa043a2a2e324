import type { PixelLayout, StoredArray } from '../../pixels/layout.js';
import { badPixels, expectSize } from '../bad-pixels.js';
import { samplesToStored } from '../samples.js';
import { BitReader } from './bit-reader.js';
import { readJpegHeader, type JpegHeader } from './header.js';
import { inverseCosine } from './inverse-cosine.js';

/**
 * JPEG Extended, sequential with Huffman coding, 12 bits (ITU-T T.81 annex F). 8-bit streams go to libjpeg-turbo.
 *
 * The inverse cosine transform is computed in floating point; integer decoders differ by at most 1 in some pixels.
 */
export function decodeJpegExtended(stream: Uint8Array, layout: PixelLayout): StoredArray {
  const header = readJpegHeader(stream);
  if (header.process !== 0 && header.process !== 1) {
    throw badPixels(`expected a sequential JPEG frame (SOF1), found SOF${header.process}`);
  }
  expectSize('JPEG', layout, header);
  const blocks = Math.ceil(header.rows / 8) * Math.ceil(header.columns / 8);
  // A block takes at least two codes of one bit.
  if ((stream.length - header.scanStart) * 4 < blocks) throw badPixels('the compressed pixels end too early');
  return samplesToStored(decodeScan(stream, header), header.precision, false, layout);
}

function decodeScan(stream: Uint8Array, header: JpegHeader): Uint16Array {
  const { rows, columns, precision, restartInterval, quantization } = header;
  if (quantization === undefined)
    throw badPixels('the JPEG frame names a quantization table that is not there');
  const out = new Uint16Array(rows * columns);
  const reader = new BitReader(stream, header.scanStart);
  const coefficients = new Float64Array(64);
  const level = 1 << (precision - 1);
  const top = (1 << precision) - 1;
  let dc = 0;
  let block = 0;
  for (let y = 0; y < rows; y += 8) {
    for (let x = 0; x < columns; x += 8, block++) {
      if (restartInterval > 0 && block > 0 && block % restartInterval === 0) {
        reader.restart();
        dc = 0;
      }
      dc = readBlock(reader, header, quantization, dc, coefficients);
      const samples = inverseCosine(coefficients);
      for (let v = 0; v < 8 && y + v < rows; v++) {
        const row = (y + v) * columns + x;
        const width = Math.min(8, columns - x);
        for (let u = 0; u < width; u++) {
          const value = Math.round(samples[8 * v + u]!) + level;
          out[row + u] = value < 0 ? 0 : value > top ? top : value;
        }
      }
    }
    reader.expectReal();
  }
  return out;
}

/** Fills `coefficients` (row by row, dequantized) and returns the new DC value. */
function readBlock(
  reader: BitReader,
  { dcTable, acTable }: JpegHeader,
  quantization: Uint16Array,
  previousDc: number,
  coefficients: Float64Array,
): number {
  if (dcTable === undefined || acTable === undefined) {
    throw badPixels('the JPEG scan names a Huffman table that is not there');
  }
  coefficients.fill(0);
  const size = reader.symbol(dcTable);
  if (size > 15) throw badPixels(`a JPEG difference of ${size} bits`);
  const dc = previousDc + reader.signed(size);
  coefficients[0] = dc * quantization[0]!;
  for (let k = 1; k < 64; k++) {
    const symbol = reader.symbol(acTable);
    const bits = symbol & 15;
    if (bits === 0) {
      if (symbol !== 0xf0) break;
      k += 15;
      continue;
    }
    k += symbol >> 4;
    if (k > 63) throw badPixels('a JPEG block has more than 64 coefficients');
    coefficients[ZIGZAG[k]!] = reader.signed(bits) * quantization[k]!;
  }
  return dc;
}

/** Row-major place of the k-th coefficient, walking the antidiagonals (T.81 figure A.6). */
const ZIGZAG: Uint8Array = zigzag();

function zigzag(): Uint8Array {
  const order = new Uint8Array(64);
  let k = 0;
  for (let sum = 0; sum < 15; sum++) {
    for (let i = Math.max(0, sum - 7); i <= Math.min(7, sum); i++) {
      const [row, column] = sum % 2 === 0 ? [sum - i, i] : [i, sum - i];
      order[k++] = 8 * row + column;
    }
  }
  return order;
}
