import { badPixels } from '../bad-pixels.js';

/** For every 16 bits of look-ahead: code length << 8 | symbol; 0 where no code fits. */
export type HuffmanTable = Uint16Array;

/**
 * Reads the tables of a DHT segment (T.81 B.2.4.2 and annex C) into `tables`; keys are class << 4 | number, class 0
 * for DC and lossless, 1 for AC.
 */
export function readHuffmanTables(segment: Uint8Array, tables: Map<number, HuffmanTable>): void {
  let at = 0;
  while (at < segment.length) {
    const key = segment[at]!;
    const symbols = at + 17;
    if (symbols > segment.length) throw badPixels('a Huffman table is cut off');
    const table = new Uint16Array(65536);
    let code = 0;
    let symbol = symbols;
    for (let length = 1; length <= 16; length++) {
      const span = 65536 >> length;
      for (let left = segment[at + length]!; left > 0; left--) {
        if (symbol >= segment.length) throw badPixels('a Huffman table is cut off');
        if (code + span > 65536) throw badPixels('a Huffman table has more codes than fit');
        table.fill((length << 8) | segment[symbol]!, code, code + span);
        symbol += 1;
        code += span;
      }
    }
    tables.set(key, table);
    at = symbol;
  }
}
