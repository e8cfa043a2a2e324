import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelNetwork, withFeatureMaps } from '@ichor/base-model';
import { createBundle, openBundle, type Bundle } from '@ichor/bundle';
import { makeRoot, smallModel } from '@ichor/bundle/testing';
import { readDicom } from '@ichor/dicom/node';
import { isUid } from '@ichor/findings';
import { planStudies, type StudyPlan } from '@ichor/intake';
import { makeHead } from '@ichor/intake/testing';
import { exportOnnx, initialize } from '@ichor/nn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerprintInputs, ResultWriter, StudyPredictor, type StudyPrediction } from '../index.js';
import { derivedObjects } from './derived-objects.js';
import { studyPage } from './study-page.js';

let folder: string;
let bundle: Bundle;
let predictor: StudyPredictor;
const at = (...parts: string[]) => join(folder, ...parts);
const options = { patientData: false, dicom: true, html: true };

/** Three slices of a head, changed as told, planned. */
async function plan(name: string, change: Readonly<Record<string, unknown>> = {}): Promise<StudyPlan> {
  await mkdir(at(name), { recursive: true });
  const uids = { StudyInstanceUID: `1.2.3.4.${name.length}`, SeriesInstanceUID: `1.2.3.4.${name.length}.1` };
  for (const slice of [1, 2, 3])
    await writeFile(at(name, `${slice}.dcm`), makeHead(slice, { ...uids, ...change }));
  const { studies } = await planStudies([at(name)]);
  return studies[0]!;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-results-'));
  await makeRoot(at('root'));
  await createBundle({ out: at('bundle'), name: 'test', root: at('root') });
  bundle = await openBundle(at('bundle'));
  predictor = new StudyPredictor(bundle, { augment: false });
});
afterAll(async () => {
  await predictor.close();
  await rm(folder, { recursive: true });
});

const open = (out: string) => ResultWriter.open(at(out), bundle.manifest, options);
const done = { failed: [], leftOut: [], notDone: 0 };

describe('a bundle that does not separate', () => {
  it('is named on every page, in the structured report and in run.json, and gives no decision', async () => {
    const chance = { ...bundle.manifest, studyAuc: bundle.manifest.studyAuc.map(() => 0.5) };
    const writer = await ResultWriter.open(at('chance'), chance, options);
    const { above, record } = await writer.add(await predictor.predict(await plan('chance-study')));
    await writer.close(done);
    expect(above).toEqual([null, null, null, null, null, null]);
    expect(record.headline.kind).toBe('none');
    const sentence = 'separates no kind of hemorrhage';
    for (const file of ['index.html', 'run.json', 'studies/study-0001/report.html']) {
      expect(await readFile(at('chance', file), 'utf8')).toContain(sentence);
    }
    const report = await readFile(at('chance', 'studies', 'study-0001', 'report.dcm'), 'latin1');
    expect(report).toContain(sentence);
    expect(report).not.toContain('Subdural intracranial hemorrhage');
    const [header, row] = (await readFile(at('chance', 'studies.csv'), 'utf8')).trim().split('\n');
    const columns = header!
      .split(',')
      .flatMap((name, at) => (name.startsWith('above_threshold') ? [at] : []));
    expect(columns.map((at) => row!.split(',')[at])).toEqual(['', '', '', '', '', '']);
  });
});

describe('a run that was stopped', () => {
  it('is continued study by study, to the same results as one that was not', async () => {
    const plans = [await plan('a'), await plan('bb'), await plan('ccc')];
    const predictions: StudyPrediction[] = [];
    for (const one of plans) predictions.push(await predictor.predict(one));

    const whole = await open('whole');
    for (const prediction of predictions) await whole.add(prediction);
    await whole.close(done);

    // Killed after two studies, in the third: no table is there, and half a study.
    const killed = await open('continued');
    await killed.add(predictions[0]!);
    await killed.add(predictions[1]!);
    await killed.abort();
    await mkdir(at('continued', 'studies', 'study-0003'));
    await writeFile(at('continued', 'studies', 'study-0003', 'report.html.tmp-x-1-0123abcd'), 'half');
    expect(JSON.parse(await readFile(at('continued', 'run.json'), 'utf8'))).toMatchObject({
      status: 'unfinished',
    });
    const before = await stat(at('continued', 'studies', 'study-0001', 'prediction.json'));

    const again = await open('continued');
    const kept: boolean[] = [];
    for (const [index, one] of plans.entries()) {
      const there = await again.keep(await fingerprintInputs(one));
      kept.push(there !== undefined);
      if (!there) await again.add(predictions[index]!);
    }
    await again.close(done);
    expect(kept).toEqual([true, true, false]);
    const after = await stat(at('continued', 'studies', 'study-0001', 'prediction.json'));
    expect(after.mtimeMs).toBe(before.mtimeMs);
    for (const name of ['studies.csv', 'slices.csv', 'slices.arrow', 'index.html']) {
      expect(await readFile(at('continued', name))).toEqual(await readFile(at('whole', name)));
    }
    expect((await readdir(at('continued', 'studies', 'study-0003'))).sort()).toEqual(
      (await readdir(at('whole', 'studies', 'study-0003'))).sort(),
    );
    expect(JSON.parse(await readFile(at('continued', 'run.json'), 'utf8'))).toMatchObject({
      status: 'complete',
      predicted: 3,
      notInThisRun: [],
    });
  });

  it('predicts changed studies again, and replaces outdated results', async () => {
    const first = await plan('dddd');
    const writer = await open('changed');
    await writer.add(await predictor.predict(first));
    await writer.close(done);
    // One pixel value of one file.
    const bytes = await readFile(at('dddd', '2.dcm'));
    bytes[bytes.length - 2] = bytes[bytes.length - 2]! ^ 1;
    await writeFile(at('dddd', '2.dcm'), bytes);
    const again = await open('changed');
    const inputs = await fingerprintInputs(first);
    expect(await again.keep(inputs)).toBeUndefined();
    const prediction = await predictor.predict(first);
    expect(prediction.inputs).toBe(inputs);
    await again.add(prediction);
    await again.close(done);
    expect(await readdir(at('changed', 'studies'))).toEqual(['study-0001']);
  });

  it('neither keeps the predictions of another bundle nor mixes with them', async () => {
    const writer = await open('other-bundle');
    await writer.abort();
    const other = structuredClone(bundle.manifest);
    other.thresholds[0]!.threshold /= 2;
    await expect(ResultWriter.open(at('other-bundle'), other, options)).rejects.toMatchObject({
      code: 'predict/not-empty',
      reason: expect.stringContaining('another bundle'),
    });
    const series = ResultWriter.open(at('other-bundle'), bundle.manifest, { ...options, series: '1.2' });
    await expect(series).rejects.toThrow('other series');
  });

  it('is not continued by two at once', async () => {
    const writer = await open('locked');
    await expect(open('locked')).rejects.toMatchObject({ code: 'files/locked' });
    await writer.abort();
    await (await open('locked')).abort();
  });
});

describe('by-products', () => {
  // Values that break the rules of their VR; none is needed to predict.
  const wild = {
    PatientName: 'Verylongname'.repeat(9),
    PatientBirthDate: 'secret',
    StudyDate: '2024.1.1',
    AccessionNumber: '1234567890123456',
    TimezoneOffsetFromUTC: '+0900',
    IssuerOfPatientID: 'HOSP_A',
  };

  it('do not cost the prediction, whatever the header holds, and no value comes into a warning', async () => {
    const prediction = await predictor.predict(await plan('eeeee', wild));
    const writer = await open('wild');
    const { record } = await writer.add(prediction);
    await writer.close(done);
    expect(record.warnings.map((warning) => warning.split(' ')[0])).toEqual([
      'PatientName',
      'PatientBirthDate',
      'StudyDate',
    ]);
    expect(record.warnings.join()).not.toMatch(/Verylong|secret|2024/);
    const report = await readDicom(at('wild', 'studies', 'study-0001', 'report.dcm'));
    expect(report.values()).toMatchObject({
      TimezoneOffsetFromUTC: '+0900',
      IssuerOfPatientID: 'HOSP_A',
      StudyDate: null,
    });
  });

  it('that fail are a warning', async () => {
    const prediction = await predictor.predict(await plan('eeeee', wild));
    const broken = {
      ...prediction,
      slices: prediction.slices.map((slice) => ({
        ...slice,
        picture: () => {
          throw new RangeError('Doe^Jane');
        },
      })),
    };
    const { report, keyImage, warnings } = await derivedObjects(broken, bundle.manifest, 'abc', new Date());
    expect([report === undefined, keyImage === undefined]).toEqual([false, true]);
    expect(warnings.at(-1)).toBe('the key image could not be made (RangeError); the prediction is valid');
  });

  it('of two people never share a UID, though their files have the same or none', async () => {
    const uids: string[] = [];
    for (const [name, change] of [
      ['p1', { StudyInstanceUID: '1', SeriesInstanceUID: undefined, SOPInstanceUID: '', PatientID: 'P1' }],
      ['p2', { StudyInstanceUID: '1', SeriesInstanceUID: undefined, SOPInstanceUID: '', PatientID: 'P2' }],
    ] as const) {
      const prediction = await predictor.predict(await plan(name, change));
      const { report, keyImage } = await derivedObjects(prediction, bundle.manifest, 'abc', new Date(0));
      for (const [kind, file] of [
        ['report', report],
        ['key', keyImage],
      ] as const) {
        await writeFile(at(`${name}-${kind}.dcm`), file!);
        const { attributes } = await readDicom(at(`${name}-${kind}.dcm`));
        uids.push(attributes.SOPInstanceUID!, attributes.SeriesInstanceUID!);
        if (kind === 'report') uids.push(attributes.StudyInstanceUID!);
      }
    }
    expect(uids.every(isUid)).toBe(true);
    expect(new Set(uids).size).toBe(uids.length);
  });
});

describe('pages', () => {
  it('name no file, no UID and no patient, although descriptions and reasons do', async () => {
    const prediction = await predictor.predict(await plan('ffffff', { SeriesDescription: 'DOE Jane head' }));
    const { plan: planned } = prediction;
    const source = planned.slices[0]!.source.name;
    const told: StudyPrediction = {
      ...prediction,
      plan: {
        ...planned,
        otherSeries: [
          { name: planned.seriesInstanceUid, reason: `shares ${source}`, selector: 'x' },
          { name: '1.2.840.113619.2.5', reason: 'too few slices', selector: 'y' },
        ],
      },
      warnings: [
        `${source} is doubtful`,
        `belongs to ${planned.studyInstanceUid}`,
        '12.5 mm lie between slices',
      ],
    };
    const page = studyPage(told, bundle.manifest, {
      title: 'study-0001',
      patientData: false,
      bundleHash: 'x',
    });
    const text = JSON.stringify({ ...page, slices: [] });
    for (const secret of ['Doe', 'DOE', 'Jane', source, folder, '1.2.840', planned.studyInstanceUid])
      expect(text).not.toContain(secret);
    expect(page.warnings).toContain('12.5 mm lie between slices');
    expect(page.series.name).toBe('… … head');
  });

  it('of a run describe a failure without identifying anybody', async () => {
    const writer = await open('failed');
    const reason = "ENOENT: no such file, open 'a folder DOE_JOHN/1.dcm'";
    await writer.close({
      ...done,
      failed: [
        { studyInstanceUid: '1.2.3', reason, brief: 'none of its slices can be read' },
        { studyInstanceUid: '1.2.4', reason },
      ],
    });
    const page = await readFile(at('failed', 'index.html'), 'utf8');
    expect(page).toContain('none of its slices can be read');
    expect(page).not.toMatch(/DOE|1\.dcm|ENOENT/);
    expect(await readFile(at('failed', 'run.json'), 'utf8')).toContain('DOE_JOHN');
  });
});

describe('a bundle with a notice', () => {
  it('shows it on every page, in every record, in the structured report and the key image', async () => {
    const notice = 'The networks were trained on synthetic heads only.';
    const manifest = { ...bundle.manifest, notice };
    const writer = await ResultWriter.open(at('noticed'), manifest, options);
    await writer.add(await predictor.predict(await plan('noticed-study')));
    await writer.close(done);
    const files = (await readdir(at('noticed'), { recursive: true })).filter((name) =>
      /\.(html|json|dcm)$/.test(name),
    );
    const said = await Promise.all(
      files.map(async (name) => (await readFile(at('noticed', name))).includes(notice)),
    );
    expect(files.filter((_, i) => !said[i])).toEqual([]);
    // Two pages, two records, report and key image.
    expect(files.length).toBe(6);
  });
});

describe('a network that gives no number', () => {
  it('predicts no study: no answer is not "no"', async () => {
    await cp(at('bundle'), at('nan'), { recursive: true });
    const network = withFeatureMaps(modelNetwork(smallModel));
    // Weights as a training leaves them that diverged.
    const weights = new Map(
      [...initialize(network, 1)].map(([name, { shape, data }]) => [
        name,
        { shape, data: data.map(() => NaN) },
      ]),
    );
    const { onnx } = bundle.manifest.networks[0]!;
    await writeFile(at('nan', onnx.path), exportOnnx(network, weights));
    // As a bundle would be whose hash is right: only its networks are opened.
    const broken = new StudyPredictor(
      { ...bundle, path: (file) => at('nan', file.path) },
      { augment: false },
    );
    await expect(broken.predict(await plan('a'))).rejects.toMatchObject({
      code: 'predict/not-a-number',
      reason: 'small-model, fold 0, gives NaN, which is not a probability',
    });
    await broken.close();
  });
});

describe('a stop', () => {
  it('is heard while slices are read and while networks run', async () => {
    const planned = await plan('a');
    const stopped = AbortSignal.abort(new Error('stopped'));
    await expect(predictor.predict(planned, stopped)).rejects.toThrow('stopped');
    await expect(fingerprintInputs(planned, stopped)).rejects.toThrow('stopped');
    const controller = new AbortController();
    const slow = new StudyPredictor(bundle, { onSlices: () => controller.abort(new Error('stopped')) });
    // The network has seen the slices; what follows is not begun.
    await expect(slow.predict(planned, controller.signal)).rejects.toThrow('stopped');
    await slow.close();
  });
});
