/** An uncompressed CT slice, explicit little endian: the few elements that reading pixels needs. */
export function tinyDicom(pixels: Int16Array, size: number, intercept = -1024, signed = true): Uint8Array {
  const elements = [
    element(0x0008, 0x0060, 'CS', text('CT')),
    element(0x0028, 0x0002, 'US', short(1)),
    element(0x0028, 0x0004, 'CS', text('MONOCHROME2 ')),
    element(0x0028, 0x0010, 'US', short(size)),
    element(0x0028, 0x0011, 'US', short(size)),
    element(0x0028, 0x0100, 'US', short(16)),
    element(0x0028, 0x0101, 'US', short(signed ? 16 : 12)),
    element(0x0028, 0x0102, 'US', short(signed ? 15 : 11)),
    element(0x0028, 0x0103, 'US', short(signed ? 1 : 0)),
    element(0x0028, 0x1050, 'DS', text('40')),
    element(0x0028, 0x1051, 'DS', text('80')),
    element(0x0028, 0x1052, 'DS', text(String(intercept))),
    element(0x0028, 0x1053, 'DS', text('1 ')),
    element(0x7fe0, 0x0010, 'OW', new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength)),
  ];
  const syntax = element(0x0002, 0x0010, 'UI', text('1.2.840.10008.1.2.1\0'));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, syntax.length, true);
  return Buffer.concat([
    new Uint8Array(128),
    text('DICM'),
    element(0x0002, 0x0000, 'UL', length),
    syntax,
    ...elements,
  ]);
}

function element(group: number, number: number, kind: string, value: Uint8Array): Uint8Array {
  const long = kind === 'OW';
  const header = Buffer.alloc(long ? 12 : 8);
  header.writeUInt16LE(group, 0);
  header.writeUInt16LE(number, 2);
  header.write(kind, 4, 'latin1');
  if (long) header.writeUInt32LE(value.length, 8);
  else header.writeUInt16LE(value.length, 6);
  return Buffer.concat([header, value]);
}

const text = (value: string): Uint8Array =>
  Buffer.from(value.length % 2 === 0 ? value : `${value} `, 'latin1');

function short(value: number): Uint8Array {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}
