/** One explicit little-endian element: tag as `ggggeeee`, VR, text or bytes; an array of element lists makes a sequence. */
export type TestElement = readonly [
  tag: string,
  vr: string,
  value: string | Uint8Array | readonly TestElement[][],
];

const LONG = new Set(['OB', 'OW', 'SQ', 'UN', 'UT', 'UC', 'OV', 'SV', 'UV']);

/** The bytes of elements in Explicit VR Little Endian, sequences and items with lengths. */
export function encode(elements: readonly TestElement[]): Buffer {
  return Buffer.concat(
    elements.map(([tag, vr, value]) => {
      const body = bodyOf(vr, value);
      const header = Buffer.alloc(LONG.has(vr) ? 12 : 8);
      writeTag(header, tag);
      header.write(vr, 4, 'latin1');
      if (header.length === 12) header.writeUInt32LE(body.length, 8);
      else header.writeUInt16LE(body.length, 6);
      return Buffer.concat([header, body]);
    }),
  );
}

/** A whole file: preamble, meta information, data set. */
export function file(elements: readonly TestElement[], syntax = '1.2.840.10008.1.2.1'): Buffer {
  const meta = encode([['00020010', 'UI', syntax]]);
  const prefix = Buffer.alloc(132);
  prefix.write('DICM', 128, 'latin1');
  return Buffer.concat([prefix, meta, encode(elements)]);
}

/** Little-endian 16-bit values. */
export function words(...values: number[]): Uint8Array {
  return samples(values);
}

function samples(values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, i) => bytes.writeUInt16LE(value & 0xffff, 2 * i));
  return bytes;
}

/** The elements of a CT slice of `values` (unsigned 16 bits) with `columns` columns; `more` replaces or adds. */
export function slice(columns: number, values: readonly number[], more: readonly TestElement[] = []): Buffer {
  const elements: TestElement[] = [
    ['00080060', 'CS', 'CT'],
    ['00280002', 'US', words(1)],
    ['00280004', 'CS', 'MONOCHROME2'],
    ['00280010', 'US', words(values.length / columns)],
    ['00280011', 'US', words(columns)],
    ['00280100', 'US', words(16)],
    ['00280101', 'US', words(16)],
    ['00280102', 'US', words(15)],
    ['00280103', 'US', words(0)],
    ['7fe00010', 'OW', samples(values)],
  ];
  const replaced = new Set(more.map(([tag]) => tag));
  const all = [...elements.filter(([tag]) => !replaced.has(tag)), ...more];
  return file(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function bodyOf(vr: string, value: TestElement[2]): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (typeof value === 'string') {
    const bytes = Buffer.from(value, 'latin1');
    return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
  }
  return Buffer.concat(
    value.map((item) => {
      const body = encode(item);
      const header = Buffer.alloc(8);
      writeTag(header, 'fffee000');
      header.writeUInt32LE(body.length, 4);
      return Buffer.concat([header, body]);
    }),
  );
}

function writeTag(header: Buffer, tag: string): void {
  header.writeUInt16LE(parseInt(tag.slice(0, 4), 16), 0);
  header.writeUInt16LE(parseInt(tag.slice(4), 16), 2);
}
