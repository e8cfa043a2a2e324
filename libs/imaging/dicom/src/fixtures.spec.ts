import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readDicom } from './node/read.js';
import { transferSyntaxes } from './transfer-syntax.js';
import { fixture, fixtures, type Fixture } from './testing/fixtures.js';

/** Samples of a fixture as fixtures/make_fixtures.py wrote them: little endian, frame after frame. */
async function expected({ pixels, bits, signed }: Fixture): Promise<ArrayLike<number>> {
  const bytes = await readFile(fixture(pixels));
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  if (bits === 8) return signed ? new Int8Array(buffer) : new Uint8Array(buffer);
  if (bits === 16) return signed ? new Int16Array(buffer) : new Uint16Array(buffer);
  return signed ? new Int32Array(buffer) : new Uint32Array(buffer);
}

describe('pixels of every transfer syntax and layout', () => {
  it('has a file of every transfer syntax', () => {
    const present = new Set(fixtures.map(({ syntax }) => syntax));
    expect(transferSyntaxes.filter(({ uid }) => !present.has(uid))).toEqual([]);
  });

  it.each(fixtures)('$file: $oracle, tolerance $tolerance', async (entry) => {
    const file = await readDicom(fixture(entry.file));
    expect(file.transferSyntax.uid).toBe(entry.syntax);
    const all = await expected(entry);
    const size = 21 * 30;
    for (let frame = 0; frame < entry.frames; frame++) {
      const { rows, columns, data } = await file.pixels(frame);
      expect([rows, columns, data.length]).toEqual([21, 30, size]);
      let worst = 0;
      for (let i = 0; i < size; i++) worst = Math.max(worst, Math.abs(data[i]! - all[frame * size + i]!));
      expect(worst).toBeLessThanOrEqual(entry.tolerance);
    }
  });

  it.each(fixtures)('$file: the attributes are the same in every encoding', async (entry) => {
    const file = await readDicom(fixture(entry.file));
    expect(file.attributes).toMatchObject({
      PatientID: 'ID_0a1b2c3d',
      StudyInstanceUID: 'ID_study',
      ImagePositionPatient: [-125, -120.5, 10.25],
      ImageOrientationPatient: [1, 0, 0, 0, 0.95, -0.31],
      PixelSpacing: [0.5, 0.5],
      GantryDetectorTilt: 18.5,
      RescaleSlope: entry.file.startsWith('no-rescale') ? undefined : 1,
      SliceThickness: 5,
    });
    expect(file.values()).toMatchObject({
      PatientName: 'Müller^Zoë',
      AnatomicRegionSequence: [
        { CodeValue: 'T-D1100', AnatomicRegionModifierSequence: [{ CodeMeaning: 'Brain' }] },
        { CodeValue: 'T-A0100' },
      ],
    });
  });
});
