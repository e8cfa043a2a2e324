/** What a test slice says; everything has a default but who it belongs to. */
export interface TestSlice {
  readonly patient: string;
  readonly study: string;
  readonly series?: string;
  /** mm */
  readonly z: number;
  /** Stored values of 4 x 4 pixels. */
  readonly stored: readonly number[];
  readonly signed?: boolean;
  /** HU; null leaves the element away. */
  readonly intercept?: number | null;
  readonly rescaleType?: string;
  readonly windowCenter?: string;
  readonly windowWidth?: string;
}

/** The bytes of a DICOM file of 4 x 4 pixels, explicit little endian, written from PS3.5 and PS3.10 by hand. */
export function dicomFile(slice: TestSlice): Buffer {
  const { patient, study, series = 'ID_series', z, stored, signed = true, intercept = 0 } = slice;
  const syntax = element(0x0002, 0x0010, 'UI', '1.2.840.10008.1.2.1');
  const pixels = Buffer.alloc(32);
  for (const [i, value] of stored.entries())
    if (signed) pixels.writeInt16LE(value, 2 * i);
    else pixels.writeUInt16LE(value, 2 * i);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    element(0x0002, 0x0000, 'UL', uint32(syntax.length)),
    syntax,
    element(0x0008, 0x0060, 'CS', 'CT'),
    element(0x0010, 0x0020, 'LO', patient),
    element(0x0020, 0x000d, 'UI', study),
    element(0x0020, 0x000e, 'UI', series),
    element(0x0020, 0x0032, 'DS', `-125\\-120\\${z}`),
    element(0x0028, 0x0002, 'US', uint16(1)),
    element(0x0028, 0x0004, 'CS', 'MONOCHROME2'),
    element(0x0028, 0x0010, 'US', uint16(4)),
    element(0x0028, 0x0011, 'US', uint16(4)),
    element(0x0028, 0x0100, 'US', uint16(16)),
    element(0x0028, 0x0101, 'US', uint16(signed ? 16 : 12)),
    element(0x0028, 0x0102, 'US', uint16(signed ? 15 : 11)),
    element(0x0028, 0x0103, 'US', uint16(signed ? 1 : 0)),
    element(0x0028, 0x1050, 'DS', slice.windowCenter ?? '30'),
    element(0x0028, 0x1051, 'DS', slice.windowWidth ?? '80'),
    ...(intercept === null ? [] : [element(0x0028, 0x1052, 'DS', String(intercept))]),
    element(0x0028, 0x1053, 'DS', '1'),
    ...(slice.rescaleType === undefined ? [] : [element(0x0028, 0x1054, 'LO', slice.rescaleType)]),
    element(0x7fe0, 0x0010, 'OW', pixels),
  ]);
}

function element(group: number, number: number, vr: string, value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  const padding = Buffer.from(vr === 'UI' ? '\0' : ' ');
  const even = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, padding]);
  const long = vr === 'OW';
  return Buffer.concat([
    uint16(group),
    uint16(number),
    Buffer.from(vr),
    ...(long ? [Buffer.alloc(2), uint32(even.length)] : [uint16(even.length)]),
    even,
  ]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
