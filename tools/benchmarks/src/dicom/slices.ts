import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { elementsOf, file } from '@ichor/dicom/testing';

const SIZE = 512;

/** Writes slices as the Kaggle set has them: 512 x 512, 16 bits, explicit little endian, some 25 attributes. */
export async function writeSlices(folder: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await writeFile(join(folder, `ID_${String(i).padStart(9, '0')}.dcm`), slice(i));
  }
}

function slice(index: number): Buffer {
  return file(
    elementsOf({
      SOPInstanceUID: `ID_${index}`,
      Modality: 'CT',
      PatientID: 'ID_0a1b2c3d',
      StudyInstanceUID: 'ID_0123456789',
      SeriesInstanceUID: 'ID_9876543210',
      StudyID: '',
      ImagePositionPatient: ['-125.000', '-118.000', (index * 5.1).toFixed(6)],
      ImageOrientationPatient: ['1.000000', '0.000000', '0.000000', '0.000000', '0.965926', '-0.258819'],
      SamplesPerPixel: 1,
      PhotometricInterpretation: 'MONOCHROME2',
      Rows: SIZE,
      Columns: SIZE,
      PixelSpacing: ['0.488281', '0.488281'],
      BitsAllocated: 16,
      BitsStored: 16,
      HighBit: 15,
      PixelRepresentation: 1,
      WindowCenter: ['00036', '00036'],
      WindowWidth: ['00080', '00080'],
      RescaleIntercept: '-1024',
      RescaleSlope: '1',
      WindowCenterWidthExplanation: ['WINDOW1', 'WINDOW2'],
      PixelData: pixels(index),
    }),
  );
}

/** A skull, a brain with noise, air, and padding outside the circle. */
function pixels(index: number): Int16Array {
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
  return values;
}
