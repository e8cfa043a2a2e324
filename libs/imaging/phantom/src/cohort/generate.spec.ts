import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { undoPixelWrapAround } from '@ichor/dicom';
import { readDicom } from '@ichor/dicom/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedRange } from '../acquisition/pixel-format.js';
import { createHeaders } from '../dicom/slice-file.js';
import { generateSet, setLayout, type GeneratedSet } from './generate.js';
import { createStudy } from './study.js';

const options = { seed: 21, patients: 4, testPatients: 2, size: 48, prevalence: 0.5, broken: true };
let root: string;
let one: string;
let two: string;
let made: GeneratedSet;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ichor-phantom-'));
  one = join(root, 'one');
  two = join(root, 'two');
  made = await generateSet({ ...options, out: one, workers: 1 });
  await generateSet({ ...options, out: two, workers: 2 });
});
afterAll(() => rm(root, { recursive: true, force: true }));

const idsOf = (csv: string) =>
  new Set(
    csv
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((row) => row.slice(0, row.lastIndexOf('_'))),
  );
const filesIn = async (folder: string) => new Set((await readdir(folder)).map((f) => basename(f, '.dcm')));

describe('generateSet', () => {
  it('gives the same bytes with one and with two workers', async () => {
    const names = (await readdir(one, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(names.length).toBe(made.slices + made.brokenFiles + 7);
    for (const name of names) {
      const other = join(two, name.slice(one.length));
      expect((await readFile(name)).equals(await readFile(other)), name).toBe(true);
    }
  });

  it('labels exactly the files that are there', async () => {
    const paths = setLayout(one);
    expect(idsOf(await readFile(paths.trainCsv, 'utf8'))).toEqual(await filesIn(paths.trainImages));
    expect(idsOf(await readFile(paths.sampleSubmission, 'utf8'))).toEqual(await filesIn(paths.testImages));
    expect(idsOf(await readFile(paths.testLabels, 'utf8'))).toEqual(await filesIn(paths.testImages));
  });

  it('writes files that read back, and broken ones that do not', async () => {
    const paths = setLayout(one);
    const broken = new Set(
      (await readFile(paths.broken, 'utf8'))
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((row) => row.split(',')[0]),
    );
    expect(broken.size).toBe(10);
    for (const id of await filesIn(paths.trainImages)) {
      const read = async () => {
        const file = await readDicom(join(paths.trainImages, `${id}.dcm`));
        return { file, image: await file.hounsfield() };
      };
      if (broken.has(id)) {
        await expect(read(), id).rejects.toMatchObject({ name: 'DicomError' });
        continue;
      }
      const { file, image } = await read();
      expect([image.rows, image.columns]).toEqual([48, 48]);
      expect(file.attributes.SOPInstanceUID).toBe(id);
      expect(file.attributes.PatientID).toMatch(/^ID_[0-9a-f]{9}$/);
    }
  });

  it('reuses the same set and refuses to mix it with another', async () => {
    expect(await generateSet({ ...options, out: one })).toEqual({ ...made, reused: true });
    await expect(generateSet({ ...options, seed: 22, out: one })).rejects.toMatchObject({
      code: 'phantom/occupied',
    });
  });

  it.each(['', '{"generation":4', 'null', '{}'])('refuses a set whose description is %j', async (text) => {
    const out = join(root, 'damaged');
    const { description } = setLayout(out);
    await mkdir(dirname(description), { recursive: true });
    await writeFile(description, text);
    await expect(generateSet({ ...options, out })).rejects.toMatchObject({
      code: 'phantom/occupied',
      file: description,
    });
    expect(await readFile(description, 'utf8')).toBe(text);
  });
});

describe('stored pixels', () => {
  it('are the rendered HU in every format, the wrapped ones after the fix', async () => {
    const seen = new Set<boolean>();
    for (let index = 0; index < 14; index++) {
      const patient = { set: 'train', index, kinds: [], studies: 1 } as const;
      const study = createStudy(patient, 0, { seed: 3, size: 32 });
      const middle = study.acquisition.positions.length >> 1;
      const rendered = study.renderer.render(middle).hounsfield.slice();
      const stored = study.renderer.render(middle, storedRange(study.format)).hounsfield;
      const ids = { patientId: 'ID_1', studyId: 'ID_2', seriesId: 'ID_3' };
      const header = createHeaders({ ...ids, ...study })('ID_4', middle);
      const file = await readDicom(Buffer.concat([header, new Uint8Array(stored.buffer)]));
      const fixed = undoPixelWrapAround((await file.pixels()).data, file.attributes);
      seen.add(study.format.wraps);
      rendered.forEach((hu, pixel) => {
        if (hu < -1000) return;
        expect(fixed.data[pixel]! + fixed.RescaleIntercept).toBe(hu);
      });
    }
    expect(seen).toEqual(new Set([true, false]));
  });
});
