import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBundle, openBundle, type Bundle } from '@ichor/bundle';
import { addEightBit, addSequence, makeRoot, smallModel, smallSequence } from '@ichor/bundle/testing';
import { inputRecipe, Preparer } from '@ichor/base-model';
import { parseDicom } from '@ichor/dicom';
import { readDicom } from '@ichor/dicom/node';
import { isUid } from '@ichor/findings';
import { planStudies, type StudyPlan } from '@ichor/intake';
import { headSize, makeHead } from '@ichor/intake/testing';
import { alignPredictions, studyScore } from '@ichor/predictions';
import { createEngine, identityOf, openOnnx, PreparedNetworks } from '@ichor/runtime';
import { openStacker, singleStudy } from '@ichor/stacking';
import { LABELS, layout, readTable, sliceResultsTable } from '@ichor/tables';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { keySlices, ResultWriter, StudyPredictor, type StudyPrediction } from './index.js';
import { NetworkLanes } from './network-lanes.js';
import { prepareNetworks, unpreparedNetworks } from './prepare-networks.js';
import { StackerPool } from './stacker-pool.js';
import { csvLine } from './output/csv.js';

let folder: string;
let bundle: Bundle;
let plans: readonly StudyPlan[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-predict-'));
  await makeRoot(join(folder, 'root'));
  await createBundle({ out: join(folder, 'bundle'), name: 'test', root: join(folder, 'root') });
  bundle = await openBundle(join(folder, 'bundle'));
  await mkdir(join(folder, 'ct'));
  for (const slice of [1, 2, 3, 4]) await writeFile(join(folder, 'ct', `${slice}.dcm`), makeHead(slice));
  const bad = { StudyInstanceUID: '1.2.8', SeriesInstanceUID: '1.2.8.1' };
  await writeFile(join(folder, 'ct', 'other.dcm'), makeHead(1, { ...bad, NumberOfFrames: 3 }));
  ({ studies: plans } = await planStudies([join(folder, 'ct')]));
});
afterAll(() => rm(folder, { recursive: true }));

describe('StudyPredictor', () => {
  let first: StudyPrediction;
  let predictor: StudyPredictor;
  beforeAll(async () => {
    predictor = new StudyPredictor(bundle);
    first = await predictor.predict(plans[0]!);
  });
  afterAll(() => predictor.close());

  it('gives six probabilities a slice and a study, raw and calibrated', () => {
    expect(first.slices).toHaveLength(4);
    for (const { raw, calibrated } of first.slices) {
      expect(raw).toHaveLength(6);
      for (const p of [...raw, ...calibrated]) expect(p > 0 && p < 1).toBe(true);
    }
    expect(first.raw[0]).toBe(studyScore(first.slices.map(({ raw }) => raw[0]!)));
    expect(first.warnings).toEqual([]);
  });

  it('gives the same again, and something else without augmentation', async () => {
    expect((await predictor.predict(plans[0]!)).raw).toEqual(first.raw);
    const plain = new StudyPredictor(bundle, { augment: false });
    const { raw } = await plain.predict(plans[0]!);
    expect(raw).not.toEqual(first.raw);
    await plain.close();
  });

  it('closes its stackers also where no network could be opened', async () => {
    const create = vi.spyOn(NetworkLanes, 'create').mockRejectedValue(new Error('no provider'));
    const close = vi.spyOn(StackerPool.prototype, 'close');
    const failed = new StudyPredictor(bundle);
    await expect(failed.predict(plans[0]!)).rejects.toThrow('no provider');
    await expect(failed.close()).rejects.toThrow('no provider');
    expect(close).toHaveBeenCalledOnce();
    for (const spy of [create, close]) spy.mockRestore();
  });

  it('gives the same with prepared networks, when they are made and when they are found', async () => {
    const prepared = (await PreparedNetworks.open(join(folder, 'cache'), { provider: 'cpu' }))!;
    for (const run of ['made', 'found']) {
      const again = await openBundle(bundle.folder, { prepared });
      const quick = new StudyPredictor(again, { provider: 'cpu' });
      quick.warmUp();
      const { raw, calibrated, slices } = await quick.predict(plans[0]!);
      expect([raw, calibrated], run).toEqual([first.raw, first.calibrated]);
      // Heat maps too, which several threads make.
      expect(slices.map(({ heat }) => heat)).toEqual(first.slices.map(({ heat }) => heat));
      await quick.close();
    }
  });

  it('gives the same where networks are prepared after the results, for the next run', async () => {
    const prepared = (await PreparedNetworks.open(join(folder, 'later'), { provider: 'cpu' }))!;
    // A younger file has no identity, and is hashed again in the next run.
    const files = bundle.manifest.networks.map(({ onnx }) => bundle.path(onnx));
    for (const file of files)
      await vi.waitUntil(async () => (await identityOf(file)) !== undefined, { timeout: 5000 });
    for (const run of ['first', 'next']) {
      const again = await openBundle(bundle.folder, { prepared });
      const predictor = new StudyPredictor(again, { provider: 'cpu', prepareLater: true });
      const { raw, slices } = await predictor.predict(plans[0]!);
      expect(raw, run).toEqual(first.raw);
      expect(slices.map(({ heat }) => heat)).toEqual(first.slices.map(({ heat }) => heat));
      await predictor.close();
      const networks = unpreparedNetworks(again);
      expect(networks).toEqual(run === 'first' ? again.manifest.networks : []);
      let done = 0;
      await prepareNetworks(again, networks, { provider: 'cpu', signal: AbortSignal.abort() });
      expect(unpreparedNetworks(await openBundle(bundle.folder, { prepared }))).toEqual(networks);
      await prepareNetworks(again, networks, { provider: 'cpu', onNetwork: () => done++ });
      expect(done).toBe(networks.length);
    }
    // Where not all networks may stay loaded, each would be opened as it is several times: they are prepared at once.
    const other = (await PreparedNetworks.open(join(folder, 'small'), { provider: 'cpu' }))!;
    const again = await openBundle(bundle.folder, { prepared: other });
    const predictor = new StudyPredictor(again, { provider: 'cpu', prepareLater: true, networkBytes: 1 });
    expect((await predictor.predict(plans[0]!)).raw).toEqual(first.raw);
    await predictor.close();
    expect(unpreparedNetworks(await openBundle(bundle.folder, { prepared: other }))).toEqual([]);
  });

  it('gives nearly the same in 8 bits, with heat maps of the same slices, and the same bits when they are prepared', async () => {
    await addEightBit(layout(join(folder, 'root')), smallModel);
    const made = { out: join(folder, 'bytes'), name: 'test', root: join(folder, 'root') };
    await createBundle({ ...made, precision: 'int8' });
    const prepared = (await PreparedNetworks.open(join(folder, 'cache'), { provider: 'cpu' }))!;
    const answers: StudyPrediction[] = [];
    for (const options of [{}, { prepared }, { prepared }]) {
      const small = new StudyPredictor(await openBundle(made.out, options), { provider: 'cpu' });
      answers.push(await small.predict(plans[0]!));
      await small.close();
    }
    const [bytes, ...again] = answers;
    for (const { raw, slices } of again) {
      expect(raw).toEqual(bytes!.raw);
      expect(slices.map(({ heat }) => heat)).toEqual(bytes!.slices.map(({ heat }) => heat));
    }
    expect(bytes!.raw).not.toEqual(first.raw);
    // A change of 0.01 in the mean was measured on trained networks; this one is random.
    bytes!.raw.forEach((value, label) => expect(Math.abs(value - first.raw[label]!)).toBeLessThan(0.03));
    expect(bytes!.slices.map(({ heat }) => heat?.label)).toEqual(first.slices.map(({ heat }) => heat?.label));
  });

  it('reloads a network that was closed for lack of room', async () => {
    const small = new StudyPredictor(bundle, { networkBytes: 1 });
    expect((await small.predict(plans[0]!)).raw).toEqual(first.raw);
    expect((await small.predict(plans[0]!)).raw).toEqual(first.raw);
    await small.close();
  });

  it('gives key slices heat maps, by covering places where the network leaves too few cells', async () => {
    // 32 pixels end in one cell: covered at 8 x 8 places instead.
    const marked = first.slices.flatMap(({ heat }, index) => (heat ? [[index, heat] as const] : []));
    expect(marked.length).toBeGreaterThan(0);
    for (const [index, { width, height, data }] of marked) {
      expect(first.keySlices).toContain(index);
      expect([width, height, Math.max(...data)]).toEqual([8, 8, 1]);
    }
  });

  it('gives all slices heat maps, or none, where this is asked for', async () => {
    const of = async (heatMaps: 'all' | 'none') => {
      const other = new StudyPredictor(bundle, { augment: false, heatMaps });
      const prediction = await other.predict(plans[0]!);
      await other.close();
      return prediction;
    };
    const all = await of('all');
    expect(all.heatMaps).toBe('all');
    const others = all.slices.filter((_, index) => !all.keySlices.includes(index));
    expect(others.length).toBeGreaterThan(0);
    expect(others.some(({ heat }) => heat !== undefined)).toBe(true);
    expect((await of('none')).slices.filter(({ heat }) => heat)).toEqual([]);
  });

  it('shows the slice in Hounsfield units', () => {
    const { width, height, data } = first.slices[1]!.picture();
    expect([width, height, data[24 * headSize + 24], data[0]]).toEqual([48, 48, 75, -1000]);
  });

  it('gives the reason why a study cannot be read', async () => {
    await expect(predictor.predict(plans[1]!)).rejects.toMatchObject({
      code: 'predict/unreadable',
      reason: expect.stringContaining('3 frames'),
    });
  });

  it('leaves out a slice that is gone, and warns of pixels without a head', async () => {
    const [plan] = plans;
    const gone = {
      ...plan!.slices[0]!.source,
      name: 'gone.dcm',
      read: () => Promise.reject(new Error('gone')),
    };
    const slices = [{ ...plan!.slices[0]!, source: gone }, ...plan!.slices.slice(1)];
    const prediction = await predictor.predict({ ...plan!, slices });
    expect(prediction.slices).toHaveLength(3);
    expect(prediction.warnings).toEqual([expect.stringContaining('gone.dcm is left out')]);

    const air = new Int16Array(headSize * headSize).fill(-1000).buffer;
    const empty = {
      ...plan!.slices[0]!.source,
      read: () => Promise.resolve(makeHead(1, { PixelData: air })),
    };
    const nothing = await predictor.predict({ ...plan!, slices: [{ ...plan!.slices[0]!, source: empty }] });
    expect(nothing.warnings).toEqual([expect.stringContaining('no slice shows brain')]);
  });
});

describe('a network with a sequence model', () => {
  /** EfficientNet-B0 ends in 1280 numbers. */
  const features = 1280;
  let sequence: Bundle;
  let prediction: StudyPrediction;

  beforeAll(async () => {
    const paths = await makeRoot(join(folder, 'root-sequence'));
    await addSequence(paths, smallSequence(smallModel, true), features);
    await createBundle({
      out: join(folder, 'sequence'),
      name: 'sequence',
      root: join(folder, 'root-sequence'),
    });
    sequence = await openBundle(join(folder, 'sequence'));
    const predictor = new StudyPredictor(sequence, { augment: false });
    prediction = await predictor.predict(plans[0]!);
    await predictor.close();
  });

  it('returns the answers of the sequence model to all slices, their positions and their feature vectors', async () => {
    // The same by hand: the networks' probabilities from a bundle without stacking, the vectors from its ONNX file.
    const out = join(folder, 'alone');
    await createBundle({ out, name: 'alone', root: join(folder, 'root-sequence'), stacking: false });
    const alone = await openBundle(out);
    const predictor = new StudyPredictor(alone, { augment: false });
    const { slices } = await predictor.predict(plans[0]!);
    await predictor.close();
    const [network] = alone.manifest.networks;
    const session = await openOnnx(alone.path(network!.onnx));
    const recipe = inputRecipe(smallModel);
    const vectors: number[] = [];
    for (const { source } of plans[0]!.slices) {
      const file = parseDicom(await source.read(), { name: source.name });
      const seen = [{ attributes: file.attributes, pixels: await file.pixels() }];
      const data = new Float32Array(3 * 32 * 32);
      new Preparer(recipe).prepareDecoded('', seen, [{ kind: 'plain' }], data, 0);
      const outputs = await session.run({ image: { shape: [1, 3, 32, 32], data } });
      vectors.push(...outputs['features']!.data);
    }
    await session.dispose();
    const [stacker] = sequence.manifest.stackers;
    const engine = await createEngine('onnxruntime', { provider: 'cpu' });
    const parts = { all: sequence.path(stacker!.parts['all']!) };
    const opened = await openStacker(stacker!.settings, parts, engine);
    const columns = LABELS.map((_, label) => Float32Array.from(slices, ({ raw }) => raw[label]!));
    const expected = await opened.answer!(
      singleStudy(
        slices.map(({ slice }) => slice.sopInstanceUid),
        Float64Array.of(5, 10, 15, 20),
      ),
      alignPredictions([smallModel.name], [columns]),
      [{ size: features, values: Float32Array.from(vectors) }],
    );
    await opened.dispose();
    LABELS.forEach((_, label) => {
      expect(prediction.raw[label]).toBeCloseTo(expected.studies[label]![0]!, 5);
      prediction.slices.forEach(({ raw }, row) => {
        expect(raw[label]).toBeCloseTo(expected.slices[label]![row]!, 5);
      });
    });
  });

  it('says in every result that the score of the study is its answer', async () => {
    const out = join(folder, 'sequence-results');
    const options = { patientData: false, dicom: true, html: true };
    const writer = await ResultWriter.open(out, sequence.manifest, options);
    await writer.add(prediction);
    await writer.close({ failed: [], leftOut: [], notDone: 0 });
    const study = (name: string) => join(out, 'studies', 'study-0001', name);
    const [header, row] = (await readFile(join(out, 'studies.csv'), 'utf8')).split('\r\n');
    expect(row!.split(',')[header!.split(',').indexOf('study_score')]).toBe('study-answer');
    expect(JSON.parse(await readFile(study('prediction.json'), 'utf8'))).toMatchObject({
      studyScore: 'study-answer',
    });
    expect(await readFile(study('report.html'), 'utf8')).toContain('the sequence model small-sequence');
    const { values } = await readDicom(study('report.dcm'));
    expect(JSON.stringify(values())).toContain('the sequence model small-sequence');
  });
});

describe('ResultWriter', () => {
  const validator = spawnSync('dciodvfy', ['-version']).error === undefined;
  let out: string;
  let prediction: StudyPrediction;

  beforeAll(async () => {
    out = join(folder, 'results');
    const predictor = new StudyPredictor(bundle);
    prediction = await predictor.predict(plans[0]!);
    const writer = await ResultWriter.open(out, bundle.manifest, {
      patientData: false,
      dicom: true,
      html: true,
    });
    await writer.add(prediction);
    await writer.close({ failed: [], leftOut: [], notDone: 0 });
    await predictor.close();
  });

  it('writes the slices as CSV and as Arrow, with the same numbers', async () => {
    const lines = (await readFile(join(out, 'slices.csv'), 'utf8')).trimEnd().split('\r\n');
    expect(lines).toHaveLength(5);
    const header = lines[0]!.split(',');
    const column = header.indexOf('calibrated_subdural');
    const { columns } = await readTable(join(out, 'slices.arrow'), sliceResultsTable);
    lines.slice(1).forEach((line, row) => {
      const value = Number(line.split(',')[column]);
      expect(value).toBeCloseTo(prediction.slices[row]!.calibrated[2]!, 5);
      expect(columns.calibrated_subdural[row]).toBeCloseTo(value, 5);
    });
    expect([...columns.position]).toEqual([5, 10, 15, 20]);
  });

  it('writes everything about the study as JSON', async () => {
    const json: unknown = JSON.parse(
      await readFile(join(out, 'studies', 'study-0001', 'prediction.json'), 'utf8'),
    );
    expect(json).toMatchObject({
      studyInstanceUid: '1.2.3',
      raw: { any: prediction.raw[0] },
      slices: { length: 4 },
    });
  });

  it('keeps the patient out of the pages unless asked', async () => {
    const page = await readFile(join(out, 'studies', 'study-0001', 'report.html'), 'utf8');
    expect(page).toContain('Not a medical device');
    for (const secret of ['Doe', 'P1<', '1.2.3.4', folder]) expect(page).not.toContain(secret);
    const index = await readFile(join(out, 'index.html'), 'utf8');
    expect(index).toContain('studies/study-0001/report.html');
    const asked = join(folder, 'asked');
    const writer = await ResultWriter.open(asked, bundle.manifest, {
      patientData: true,
      dicom: false,
      html: true,
    });
    await writer.add(prediction);
    await writer.close({ failed: [], leftOut: [], notDone: 0 });
    expect(await readFile(join(asked, 'studies', 'study-0001', 'report.html'), 'utf8')).toContain('Doe^Jane');
  });

  it.skipIf(!validator)(
    'writes DICOM in which dciodvfy finds no error (needs dciodvfy of dicom3tools)',
    () => {
      for (const name of ['report.dcm', 'key-image.dcm']) {
        const { stderr } = spawnSync('dciodvfy', [join(out, 'studies', 'study-0001', name)], {
          encoding: 'utf8',
        });
        expect(stderr.split('\n').filter((line) => line.startsWith('Error'))).toEqual([]);
      }
    },
  );

  it.skipIf(!validator)(
    'makes UIDs of identifiers that are none, warns, and writes DICOM in which dciodvfy finds no error (needs dciodvfy of dicom3tools)',
    async () => {
      const slice = (number: number) =>
        makeHead(number, {
          StudyInstanceUID: 'ID_0a1b2c3d4',
          SeriesInstanceUID: 'ID_1a1b2c3d4',
          SOPInstanceUID: `ID_2a1b2c3d${number}`,
        });
      await mkdir(join(folder, 'named'));
      for (const number of [1, 2]) await writeFile(join(folder, 'named', `${number}.dcm`), slice(number));
      const { studies } = await planStudies([join(folder, 'named')]);
      const predictor = new StudyPredictor(bundle, { augment: false });
      const named = await predictor.predict(studies[0]!);
      await predictor.close();
      expect(named.warnings).toEqual([expect.stringContaining('no DICOM UIDs')]);
      const target = join(folder, 'named-results');
      const writer = await ResultWriter.open(target, bundle.manifest, {
        patientData: false,
        dicom: true,
        html: false,
      });
      await writer.add(named);
      await writer.close({ failed: [], leftOut: [], notDone: 0 });
      for (const name of ['report.dcm', 'key-image.dcm']) {
        const { stderr } = spawnSync('dciodvfy', [join(target, 'studies', 'study-0001', name)], {
          encoding: 'utf8',
        });
        expect(stderr.split('\n').filter((line) => line.startsWith('Error'))).toEqual([]);
        const { attributes, values } = await readDicom(join(target, 'studies', 'study-0001', name));
        expect(isUid(attributes.StudyInstanceUID ?? '')).toBe(true);
        expect(values()['StudyID']).toBe('ID_0a1b2c3d4');
      }
    },
  );

  it('does not write into a folder that holds something', async () => {
    const again = ResultWriter.open(out, bundle.manifest, { patientData: false, dicom: false, html: false });
    await expect(again).rejects.toMatchObject({
      code: 'predict/not-empty',
      reason: expect.stringContaining('another run: other dicom, html'),
    });
    const foreign = join(folder, 'foreign');
    await mkdir(foreign);
    await writeFile(join(foreign, 'notes.txt'), 'mine');
    const options = { patientData: false, dicom: false, html: false };
    await expect(ResultWriter.open(foreign, bundle.manifest, options)).rejects.toThrow(
      'is not empty (notes.txt)',
    );
    await expect(ResultWriter.check(foreign)).rejects.toMatchObject({ code: 'predict/not-empty' });
    await expect(ResultWriter.check(join(foreign, 'notes.txt'))).rejects.toMatchObject({
      code: 'files/not-writable',
      remedy: expect.stringContaining('is a file'),
    });
  });
});

describe('keySlices', () => {
  it('takes the best places, not neighbours of one', () => {
    expect(keySlices([0.1, 0.8, 0.9, 0.7, 0.2, 0.6])).toEqual([2, 5, 0]);
    expect(keySlices([0.5])).toEqual([0]);
  });
});

describe('csvLine', () => {
  it('quotes, rounds to six digits and disarms formulas', () => {
    expect(csvLine(['a,"b"', 1 / 3, undefined, '=1+1', -2])).toBe('"a,""b""",0.333333,,\'=1+1,-2\r\n');
    // Control characters of terminals and line breaks are escaped.
    expect(csvLine(['\u001b[2J\r\nx', '\t=1'])).toBe('\\u001b[2J\\u000d\\u000ax,\\u0009=1\r\n');
  });
});
