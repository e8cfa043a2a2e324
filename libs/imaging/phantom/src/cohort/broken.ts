import { join } from 'node:path';
import { writeFileAtomic } from '@ichor/files';
import { storedRange } from '../acquisition/pixel-format.js';
import { createHeaders } from '../dicom/slice-file.js';
import { createRandom } from '../random.js';
import { createIdentifiers } from './identifiers.js';
import type { SliceRecord } from './labels.js';
import type { CohortOptions, PatientPlan, SetName } from './plan.js';
import { createStudy } from './study.js';
import { sliceCounter } from './write-patient.js';

/** What can be wrong with a file. */
export const DAMAGES = [
  'truncated',
  'header-only',
  'empty',
  'not-dicom',
  'noise',
  'unknown-syntax',
  'rows-missing',
] as const;
export type Damage = (typeof DAMAGES)[number];

/** Turns the bytes of a good file into those of a bad one. */
export function damageFile(good: Uint8Array, headerLength: number, damage: Damage): Uint8Array {
  switch (damage) {
    case 'truncated':
      return good.slice(0, headerLength + Math.floor((good.length - headerLength) * 0.6));
    case 'header-only':
      return good.slice(0, headerLength - 12);
    case 'empty':
      return new Uint8Array(0);
    case 'not-dicom':
      return new TextEncoder().encode('<html><body>404 Not Found</body></html>\n');
    case 'noise': {
      const random = createRandom('noise');
      return Uint8Array.from({ length: 4096 }, () => random.integer(0, 255));
    }
    case 'unknown-syntax':
      return replaced(good, '1.2.840.10008.1.2.1\0', '1.2.840.10008.9.9.9\0');
    case 'rows-missing':
      // The tag of Rows (0028,0010) becomes the private (0029,0010).
      return replacedBytes(good, [0x28, 0, 0x10, 0, 0x55, 0x53], [0x29, 0, 0x10, 0, 0x55, 0x53]);
  }
}

function replaced(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const encoder = new TextEncoder();
  return replacedBytes(bytes, [...encoder.encode(from)], [...encoder.encode(to)]);
}

function replacedBytes(bytes: Uint8Array, from: readonly number[], to: readonly number[]): Uint8Array {
  const result = Buffer.from(bytes);
  const at = result.indexOf(Buffer.from(from));
  if (at < 0) throw new RangeError('the bytes to damage are not in the file');
  result.set(to, at);
  return result;
}

export interface BrokenFile {
  readonly set: SetName;
  readonly damage: Damage;
  readonly record: SliceRecord;
}

/** Writes one file of each damage into the training images and the first three into the test images. */
export async function writeBroken(
  options: CohortOptions,
  folders: { readonly trainImages: string; readonly testImages: string },
): Promise<BrokenFile[]> {
  const files: BrokenFile[] = [];
  for (const set of ['train', 'test'] as const) {
    // A healthy patient after the last one, of whom only bad files exist.
    const index = set === 'train' ? options.patients : options.testPatients;
    const patient: PatientPlan = { set, index, kinds: [], studies: 1 };
    const { acquisition, format, renderer } = createStudy(patient, 0, options);
    const counter = sliceCounter(patient);
    const header = createHeaders({
      patientId: createIdentifiers(options.seed, 'patient')(counter),
      studyId: createIdentifiers(options.seed, 'study')(counter),
      seriesId: createIdentifiers(options.seed, 'series')(counter),
      acquisition,
      format,
    });
    const stored = storedRange(format);
    const first = acquisition.positions.length >> 1;
    for (const [k, damage] of DAMAGES.slice(0, set === 'train' ? DAMAGES.length : 3).entries()) {
      const slice = first + k;
      const id = createIdentifiers(options.seed, 'slice')(sliceCounter(patient, 0, slice));
      const pixels = renderer.render(slice, stored).hounsfield;
      const head = header(id, slice);
      const good = Buffer.concat([head, new Uint8Array(pixels.buffer)]);
      const folder = set === 'train' ? folders.trainImages : folders.testImages;
      await writeFileAtomic(join(folder, `${id}.dcm`), damageFile(good, head.length, damage));
      files.push({ set, damage, record: { id, areas: [0, 0, 0, 0, 0] } });
    }
  }
  return files;
}
