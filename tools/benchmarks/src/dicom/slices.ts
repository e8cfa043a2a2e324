import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const SIZE = 512;

/** Writes slices as the Kaggle set has them: 512 x 512, 16 bits, explicit little endian, some 25 attributes. */
export async function writeSlices(folder: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await writeFile(join(folder, `ID_${String(i).padStart(9, '0')}.dcm`), slice(i));
  }
}

function slice(index: number): Buffer {
  const prefix = Buffer.alloc(132);
  prefix.write('DICM', 128);
  const meta = [
    text(0x0002, 0x0002, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
    text(0x0002, 0x0003, 'UI', `1.2.3.${index}`),
    text(0x0002, 0x0010, 'UI', '1.2.840.10008.1.2.1'),
    text(0x0002, 0x0012, 'UI', '1.2.3'),
  ];
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.reduce((sum, part) => sum + part.length, 0));
  return Buffer.concat([
    prefix,
    element(0x0002, 0x0000, 'UL', length),
    ...meta,
    text(0x0008, 0x0018, 'UI', `ID_${index}`),
    text(0x0008, 0x0060, 'CS', 'CT'),
    text(0x0010, 0x0020, 'LO', 'ID_0a1b2c3d'),
    text(0x0020, 0x000d, 'UI', 'ID_0123456789'),
    text(0x0020, 0x000e, 'UI', 'ID_9876543210'),
    text(0x0020, 0x0010, 'SH', ''),
    text(0x0020, 0x0032, 'DS', `-125.000\\-118.000\\${(index * 5.1).toFixed(6)}`),
    text(0x0020, 0x0037, 'DS', '1.000000\\0.000000\\0.000000\\0.000000\\0.965926\\-0.258819'),
    word(0x0028, 0x0002, 1),
    text(0x0028, 0x0004, 'CS', 'MONOCHROME2'),
    word(0x0028, 0x0010, SIZE),
    word(0x0028, 0x0011, SIZE),
    text(0x0028, 0x0030, 'DS', '0.488281\\0.488281'),
    word(0x0028, 0x0100, 16),
    word(0x0028, 0x0101, 16),
    word(0x0028, 0x0102, 15),
    word(0x0028, 0x0103, 1),
    text(0x0028, 0x1050, 'DS', '00036\\00036'),
    text(0x0028, 0x1051, 'DS', '00080\\00080'),
    text(0x0028, 0x1052, 'DS', '-1024'),
    text(0x0028, 0x1053, 'DS', '1'),
    text(0x0028, 0x1055, 'LO', 'WINDOW1\\WINDOW2'),
    element(0x7fe0, 0x0010, 'OW', pixels(index)),
  ]);
}

/** A skull, a brain with noise, air, and padding outside the circle. */
function pixels(index: number): Buffer {
  const values = new Int16Array(SIZE * SIZE);
  let noise = index + 1;
  for (let i = 0; i < values.length; i++) {
    const x = ((i % SIZE) - 256) / 256;
    const y = ((i / SIZE) | 0) / 256 - 1;
    noise = (Math.imul(noise, 1664525) + 1013904223) | 0;
    const grain = (noise >>> 26) - 32;
    const r = Math.hypot(x / 0.62, y / 0.78);
    values[i] = Math.hypot(x, y) > 1 ? -2000 : 1024 + grain + (r < 0.9 ? 34 : r < 1 ? 900 : -1000);
  }
  return Buffer.from(values.buffer);
}

function text(group: number, number: number, vr: string, value: string): Buffer {
  const padded = value.length % 2 === 0 ? value : `${value}${vr === 'UI' ? '\0' : ' '}`;
  return element(group, number, vr, Buffer.from(padded, 'latin1'));
}

function word(group: number, number: number, value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return element(group, number, 'US', bytes);
}

function element(group: number, number: number, vr: string, value: Buffer): Buffer {
  const header = Buffer.alloc(vr === 'OW' ? 12 : 8);
  header.writeUInt16LE(group, 0);
  header.writeUInt16LE(number, 2);
  header.write(vr, 4, 'latin1');
  if (vr === 'OW') header.writeUInt32LE(value.length, 8);
  else header.writeUInt16LE(value.length, 6);
  return Buffer.concat([header, value]);
}
