import type { PixelLayout, StoredArray } from '../../pixels/layout.js';
import { badPixels, expectSize, unsupportedPixels } from '../bad-pixels.js';
import { samplesToStored } from '../samples.js';
import { BitReader } from './bit-reader.js';
import { readJpegHeader, type JpegHeader } from './header.js';
import type { HuffmanTable } from './huffman.js';

/**
 * JPEG Lossless, Process 14 with any predictor (ITU-T T.81 annex H): Huffman-coded differences to a prediction from
 * the left (a), upper (b) and upper left (c) neighbour, modulo 2^16.
 */
export function decodeJpegLossless(stream: Uint8Array, layout: PixelLayout): StoredArray {
  const header = readJpegHeader(stream);
  if (header.process !== 3)
    throw badPixels(`expected a lossless JPEG frame (SOF3), found SOF${header.process}`);
  expectSize('JPEG', layout, header);
  const pixels = header.rows * header.columns;
  // A pixel takes at least one bit.
  if ((stream.length - header.scanStart) * 8 < pixels) throw badPixels('the compressed pixels end too early');
  return samplesToStored(decodeScan(stream, header), header.precision, false, layout);
}

function decodeScan(stream: Uint8Array, header: JpegHeader): Uint16Array {
  const { rows, columns, precision, restartInterval, selection, pointTransform } = header;
  const table = header.dcTable;
  if (table === undefined) throw badPixels('the JPEG scan names a Huffman table that is not there');
  if (selection < 1 || selection > 7) throw badPixels(`${selection} is not a lossless JPEG predictor`);
  if (pointTransform >= precision) throw badPixels('the JPEG point transform takes all bits');
  if (restartInterval % columns !== 0) {
    throw unsupportedPixels('JPEG restart markers inside a row are not read');
  }
  const out = new Uint16Array(rows * columns);
  const reader = new BitReader(stream, header.scanStart);
  const rowsPerInterval = restartInterval / columns;
  for (let row = 0; row < rows; row++) {
    const restarts = row > 0 && rowsPerInterval > 0 && row % rowsPerInterval === 0;
    if (restarts) reader.restart();
    const first = row === 0 || restarts ? 1 << (precision - pointTransform - 1) : out[(row - 1) * columns]!;
    const predictor = row === 0 || restarts ? 1 : selection;
    decodeRow(reader, table, { out, start: row * columns, columns, first, predictor });
    reader.expectReal();
  }
  if (pointTransform > 0) for (let i = 0; i < out.length; i++) out[i] = out[i]! << pointTransform;
  return out;
}

interface Row {
  readonly out: Uint16Array;
  /** Where the row begins in `out`. */
  readonly start: number;
  readonly columns: number;
  /** Prediction of the first pixel. */
  readonly first: number;
  /** Selection value of T.81 table H.1. */
  readonly predictor: number;
}

function decodeRow(
  reader: BitReader,
  table: HuffmanTable,
  { out, start, columns, first, predictor }: Row,
): void {
  let left = (first + difference(reader, table)) & 0xffff;
  out[start] = left;
  for (let i = start + 1; i < start + columns; i++) {
    let prediction = left;
    if (predictor !== 1) {
      const above = out[i - columns]!;
      const aboveLeft = out[i - columns - 1]!;
      prediction = predict(predictor, left, above, aboveLeft);
    }
    left = (prediction + difference(reader, table)) & 0xffff;
    out[i] = left;
  }
}

/** T.81 table H.1. */
function predict(predictor: number, a: number, b: number, c: number): number {
  switch (predictor) {
    case 2:
      return b;
    case 3:
      return c;
    case 4:
      return a + b - c;
    case 5:
      return a + ((b - c) >> 1);
    case 6:
      return b + ((a - c) >> 1);
    default:
      return (a + b) >> 1;
  }
}

function difference(reader: BitReader, table: HuffmanTable): number {
  const size = reader.symbol(table);
  if (size < 16) return reader.signed(size);
  if (size > 16) throw badPixels(`a lossless JPEG difference of ${size} bits`);
  return 32768;
}
