import { closeSync, openSync, renameSync, rmSync, writevSync } from 'node:fs';
import { join } from 'node:path';
import { notWritable } from '@ichor/files';
import { storedRange } from '../acquisition/pixel-format.js';
import type { Background } from '../background/background.js';
import { BLEED_KINDS } from '../bleeds/bleed.js';
import { createHeaders } from '../dicom/slice-file.js';
import { createIdentifiers } from './identifiers.js';
import type { SliceRecord } from './labels.js';
import type { CohortOptions, PatientPlan } from './plan.js';
import { createStudy } from './study.js';

/** Room for 8 studies of 1024 slices in the numbers of one patient. */
const STUDIES = 8;
const SLICES = 1024;

/** The number of a slice in the cohort. */
export function sliceCounter(
  { set, index }: Pick<PatientPlan, 'set' | 'index'>,
  study = 0,
  slice = 0,
): number {
  return ((index * 2 + (set === 'test' ? 1 : 0)) * STUDIES + study) * SLICES + slice;
}

/** Renders all studies of a patient and writes their files into `folder`; returns what the label files need. */
export function writePatient(
  patient: PatientPlan,
  options: CohortOptions,
  folder: string,
  background?: Background,
): SliceRecord[] {
  const sliceId = createIdentifiers(options.seed, 'slice');
  const records: SliceRecord[] = [];
  for (let number = 0; number < patient.studies; number++) {
    const { acquisition, format, renderer } = createStudy(patient, number, options, false, background);
    const stored = storedRange(format);
    const header = createHeaders({
      patientId: createIdentifiers(options.seed, 'patient')(sliceCounter(patient)),
      studyId: createIdentifiers(options.seed, 'study')(sliceCounter(patient, number)),
      seriesId: createIdentifiers(options.seed, 'series')(sliceCounter(patient, number)),
      acquisition,
      format,
    });
    for (let slice = 0; slice < acquisition.positions.length; slice++) {
      const { hounsfield: pixels, area } = renderer.render(slice, stored);
      const id = sliceId(sliceCounter(patient, number, slice));
      writeWhole(join(folder, `${id}.dcm`), [header(id, slice), pixels]);
      records.push({ id, areas: BLEED_KINDS.map((kind) => area[kind]) });
    }
  }
  return records;
}

/**
 * Appears under its name when complete, but is not flushed to disk: the label files are written last,
 * and a set without them is not a set.
 *
 * @throws IchorError `files/not-writable`
 */
function writeWhole(path: string, parts: readonly NodeJS.ArrayBufferView[]): void {
  const temporary = `${path}.tmp-${process.pid}`;
  try {
    const file = openSync(temporary, 'w');
    try {
      writeAll(file, parts);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw notWritable(path, cause);
  }
}

/** A disk that is nearly full takes a part of what it is given, without an error. */
function writeAll(file: number, parts: readonly NodeJS.ArrayBufferView[]): void {
  let rest = parts.map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  while (rest.length > 0) {
    let written = writevSync(file, rest);
    rest = rest.flatMap((part) => {
      const taken = Math.min(written, part.length);
      written -= taken;
      return taken === part.length ? [] : [part.subarray(taken)];
    });
  }
}
