import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dcmjs from 'dcmjs';
import { describe, expect, it } from 'vitest';
import {
  fitSource,
  keyImage,
  structuredReport,
  uidFrom,
  type Finding,
  type Origin,
  type SourceStudy,
} from './index.js';

const slice = (number: number) => ({
  sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
  sopInstanceUid: `1.2.3.4.${number}`,
});
const study: SourceStudy = {
  studyInstanceUid: '1.2.3',
  seriesInstanceUid: '1.2.3.4',
  patientId: 'P1',
  patientName: 'Müller^Jörg',
  studyDate: '20260102',
  studyTime: '030405',
  timezoneOffset: '+0000',
  studyId: '7',
  images: [1, 2, 3].map(slice),
};
const origin: Origin = {
  softwareVersion: '0.1.0',
  modelName: 'test',
  createdAt: new Date(Date.UTC(2026, 0, 2, 3, 4, 5)),
};
const brain = { comment: 'brain', sources: [slice(2)] };
const placed = { ...brain, patientOrientation: ['L', 'PF'], pixelSpacing: [0.5, 0.4] } as const;
const findings: Finding[] = [
  {
    label: 'any',
    probability: 0.9,
    rawProbability: 0.7,
    threshold: 0.5,
    slices: [{ ...slice(2), number: 2, probability: 0.8 }],
  },
  { label: 'epidural', probability: 0.1, rawProbability: 0.2, slices: [] },
];

function read(file: Uint8Array): Record<string, unknown> {
  const { DicomMessage, DicomMetaDictionary } = dcmjs.data;
  const copy = Uint8Array.from(file).buffer;
  return DicomMetaDictionary.naturalizeDataset(DicomMessage.readFile(copy).dict);
}

/** Every content item of a report, outermost first. */
function items(node: Record<string, unknown>): Record<string, unknown>[] {
  const children = (node['ContentSequence'] ?? []) as Record<string, unknown>[];
  return [node, ...children.flatMap(items)];
}

const text = (value: unknown) => String(value);
const codeOf = (item: Record<string, unknown>, sequence: string) => {
  const [code] = (item[sequence] ?? [{}]) as Record<string, unknown>[];
  return `${text(code!['CodingSchemeDesignator'])}:${text(code!['CodeValue'])}`;
};

describe('uidFrom', () => {
  it('is a valid UID of root 2.25, the same for the same names', () => {
    const uid = uidFrom('a', 'b');
    expect(uid).toMatch(/^2\.25\.[1-9]\d{0,38}$/);
    expect(uid.length).toBeLessThanOrEqual(64);
    expect(uidFrom('a', 'b')).toBe(uid);
    expect(uidFrom('ab')).not.toBe(uid);
    expect(uidFrom('a\0b')).not.toBe(uid);
  });
});

describe('structuredReport', () => {
  const dataset = read(structuredReport(study, findings, origin));

  it('belongs to the study and is not verified', () => {
    expect(dataset).toMatchObject({
      StudyInstanceUID: '1.2.3',
      Modality: 'SR',
      VerificationFlag: 'UNVERIFIED',
      ContentDate: '20260102',
      ContentTime: '030405',
    });
    expect(dataset['SeriesInstanceUID']).not.toBe(study.seriesInstanceUid);
    expect(JSON.stringify(dataset['PatientName'])).toContain('Müller^Jörg');
  });

  it('codes each finding with its probabilities and its threshold', () => {
    const groups = items(dataset).filter((item) => codeOf(item, 'ConceptNameCodeSequence') === 'DCM:125007');
    expect(groups).toHaveLength(2);
    const finding = items(groups[0]!).find(
      (item) => codeOf(item, 'ConceptNameCodeSequence') === 'DCM:121071',
    )!;
    expect(codeOf(finding, 'ConceptCodeSequence')).toBe('SCT:1386000');
    const numbers = items(groups[0]!).flatMap((item) => {
      const [measured] = (item['MeasuredValueSequence'] ?? []) as Record<string, unknown>[];
      return measured ? [[codeOf(item, 'ConceptNameCodeSequence'), Number(measured['NumericValue'])]] : [];
    });
    expect(numbers).toEqual([
      ['DCM:122157', 0.9],
      ['99ICHOR:RAW', 0.7],
      ['99ICHOR:THRESHOLD', 0.5],
      ['99ICHOR:SLICEPROBABILITY', 0.8],
    ]);
  });

  it('names the algorithm of the numbers of each finding', () => {
    const groups = items(dataset).filter((item) => codeOf(item, 'ConceptNameCodeSequence') === 'DCM:125007');
    for (const group of groups) {
      const texts = items(group).map((item) => [
        codeOf(item, 'ConceptNameCodeSequence'),
        item['TextValue'] as string,
      ]);
      expect(Object.fromEntries(texts)).toMatchObject({
        'DCM:111001': 'Ichor',
        'DCM:111003': '0.1.0',
        'DCM:111002': 'test',
      });
    }
  });

  it('codes each kind of hemorrhage and its site', () => {
    const kinds = ['any', 'epidural', 'subdural', 'subarachnoid', 'intraventricular', 'intraparenchymal'];
    const all = kinds.map((label): Finding => ({ label, probability: 0.9, rawProbability: 0.9, slices: [] }));
    const found = items(read(structuredReport(study, all, origin)));
    const kindsFound = found.filter((item) => codeOf(item, 'ConceptNameCodeSequence') === 'DCM:121071');
    expect(kindsFound.map((item) => codeOf(item, 'ConceptCodeSequence'))).toEqual([
      'SCT:1386000',
      'SCT:82999001',
      'SCT:35486000',
      'SCT:21454007',
      'SCT:50960005',
      'SCT:274100004',
    ]);
    const sites = found.filter((item) => codeOf(item, 'ConceptNameCodeSequence') === 'SCT:363698007');
    expect(sites.map((item) => codeOf(item, 'ConceptCodeSequence'))).toEqual([
      'SCT:12738006',
      'SCT:12738006',
      'SCT:54214006',
      'SCT:35951006',
      'SCT:279245009',
      'SCT:12738006',
    ]);
  });

  it('states the result in words, and has no findings if the bundle cannot give any', () => {
    const conclusion = { headline: 'no statement', alarm: 'This bundle separates nothing.' };
    const found = items(read(structuredReport(study, [], origin, conclusion)));
    expect(found.flatMap((item) => item['TextValue'] ?? [])).toEqual(
      expect.arrayContaining([
        'CAUTION: This bundle separates nothing.',
        'no statement. For research only; not a diagnosis.',
      ]),
    );
    expect(found.filter((item) => codeOf(item, 'ConceptNameCodeSequence') === 'DCM:121071')).toEqual([]);
  });

  it('refers to no object that it does not list as evidence', () => {
    const referenced = items(dataset).flatMap((item) => {
      const list = (item['ReferencedSOPSequence'] ?? []) as Record<string, unknown>[];
      return list.map((one) => text(one['ReferencedSOPInstanceUID']));
    });
    expect(new Set(referenced)).toEqual(new Set(['1.2.3.4.1', '1.2.3.4.2', '1.2.3.4.3']));
    const evidence = JSON.stringify(dataset['CurrentRequestedProcedureEvidenceSequence']);
    for (const uid of referenced) expect(evidence).toContain(uid);
  });
});

describe('UIDs of derived objects', () => {
  const picture = { width: 2, height: 2, data: new Uint8Array(12) };
  const uidsOf = (source: SourceStudy, from: Origin = origin) =>
    [
      read(structuredReport(source, findings, from)),
      read(keyImage(source, { picture, ...brain }, from)),
    ].flatMap((dataset) => [text(dataset['SOPInstanceUID']), text(dataset['SeriesInstanceUID'])]);

  it('are the same for the same study, bundle and time', () => {
    expect(uidsOf(study)).toEqual(uidsOf({ ...study }));
    expect(new Set(uidsOf(study)).size).toBe(4);
  });

  // Each of these alone makes a different object: identifiers of every kind may be repeated or missing in archives.
  it.each<[string, SourceStudy]>([
    ['study', { ...study, studyInstanceUid: '1.2.4' }],
    ['series', { ...study, seriesInstanceUid: '1.2.5' }],
    ['patient', { ...study, patientId: 'P2' }],
    ['issuer', { ...study, issuerOfPatientId: 'B' }],
    ['name', { ...study, patientName: 'Other^Person' }],
    ['slices', { ...study, images: study.images.slice(1) }],
  ])('differ for another %s', (_, other) => {
    const known = new Set(uidsOf(study));
    expect(uidsOf(other).filter((uid) => known.has(uid))).toEqual([]);
  });

  it('differ for another content', () => {
    const other = { ...picture, data: new Uint8Array(12).fill(1) };
    const uid = (shown: typeof picture) =>
      read(keyImage(study, { picture: shown, ...brain }, origin))['SOPInstanceUID'];
    expect(uid(other)).not.toBe(uid(picture));
  });
});

describe('the time zone', () => {
  it('is that of the study, and the times of the report are written in it', () => {
    // 2026-01-02 03:04:05 UTC is 22:34:05 the day before, four and a half hours west.
    const west = { ...study, timezoneOffset: '-0430' };
    for (const file of [
      structuredReport(west, findings, origin),
      keyImage(west, { picture: { width: 2, height: 2, data: new Uint8Array(12) }, ...brain }, origin),
    ]) {
      expect(read(file)).toMatchObject({
        StudyTime: '030405',
        TimezoneOffsetFromUTC: '-0430',
        InstanceCreationDate: '20260101',
        InstanceCreationTime: '223405',
        ContentDate: '20260101',
        ContentTime: '223405',
      });
    }
  });

  it('is left out if the study has none, or an invalid one', () => {
    const { timezoneOffset, ...without } = study;
    expect(timezoneOffset).toBeDefined();
    for (const source of [
      without,
      { ...study, timezoneOffset: 'CET' },
      { ...study, timezoneOffset: '+9900' },
    ]) {
      const dataset = read(structuredReport(source, findings, origin));
      expect(dataset).not.toHaveProperty('TimezoneOffsetFromUTC');
      // The local time of this machine, because a time without a zone is local.
      const hours = String(origin.createdAt.getHours()).padStart(2, '0');
      expect(text(dataset['ContentTime']).slice(0, 2)).toBe(hours);
    }
  });
});

describe('values that do not fit', () => {
  const wild: SourceStudy = {
    ...study,
    patientName: `${'Verylongfamilyname'.repeat(4)}^Given`,
    patientId: `P\u0007${'1'.repeat(80)}`,
    issuerOfPatientId: 'HOSP_A',
    patientBirthDate: '19500101000000',
    patientSex: 'female',
    studyDate: '2024.01.01',
    studyTime: 'noon',
    accessionNumber: '12345678901234567',
    referringPhysicianName: 'Dr Verylongname'.repeat(5),
    images: [{ sopClassUid: `1.2.${'9'.repeat(80)}`, sopInstanceUid: 'IM1' }],
  };

  it('are cut, changed or left empty, with warnings that hold no value', () => {
    const { warnings } = fitSource(wild);
    expect(warnings.map((warning) => warning.split(' ')[0])).toEqual([
      'PatientID',
      'PatientName',
      'PatientBirthDate',
      'PatientSex',
      'StudyTime',
      'AccessionNumber',
      'ReferringPhysicianName',
      'SOPClassUID',
    ]);
    expect(warnings.join()).not.toMatch(/Verylong|1950|female|noon|12345/);
    expect(fitSource(study).warnings).toEqual([]);
  });

  it('do not prevent the report', () => {
    const many = { ...origin, modelName: 'm'.repeat(200) };
    expect(read(structuredReport(wild, findings, many))).toMatchObject({
      PatientID: `P ${'1'.repeat(62)}`,
      IssuerOfPatientID: 'HOSP_A',
      PatientBirthDate: '19500101',
      StudyDate: '20240101',
      AccessionNumber: '1234567890123456',
    });
    const picture = { width: 2, height: 2, data: new Uint8Array(12) };
    expect(
      text(read(keyImage(wild, { picture, comment: 'brain', sources: wild.images }, many))['PatientName']),
    ).toBeTruthy();
  });
});

describe('keyImage', () => {
  it('keeps the pixels, padded to an even length', () => {
    const data = Uint8Array.from({ length: 45 }, (_, i) => 5 * i);
    const dataset = read(keyImage(study, { picture: { width: 5, height: 3, data }, ...brain }, origin));
    expect(dataset).toMatchObject({
      Rows: 3,
      Columns: 5,
      SamplesPerPixel: 3,
      PhotometricInterpretation: 'RGB',
    });
    const pixels = dataset['PixelData'] as ArrayBuffer | ArrayBuffer[];
    const bytes = new Uint8Array(Array.isArray(pixels) ? pixels[0]! : pixels);
    expect([...bytes]).toEqual([...data, 0]);
  });
});

describe('the place of a key image', () => {
  const picture = { width: 2, height: 2, data: new Uint8Array(12) };

  it('is given by its orientation and the proportions of its pixels, if they are known', () => {
    // Height to width of a pixel: 0.5 to 0.4 mm, so 1.25.
    const told = read(keyImage(study, { ...placed, picture }, origin));
    expect(told['PatientOrientation']).toEqual(['L', 'PF']);
    expect((told['PixelAspectRatio'] as string[]).map(Number)).toEqual([12_500, 10_000]);
    const unknown = read(keyImage(study, { ...brain, picture }, origin));
    expect(unknown['PatientOrientation']).toBe('');
    expect(unknown).not.toHaveProperty('PixelAspectRatio');
    const square = read(keyImage(study, { ...brain, picture, pixelSpacing: [0.4, 0.4] }, origin));
    expect(square).not.toHaveProperty('PixelAspectRatio');
  });
});

const validator = spawnSync('dciodvfy', ['-version']).error === undefined;
if (!validator)
  console.warn('findings against dciodvfy: not tested, the program is not here (Debian: dicom3tools)');

describe.skipIf(!validator)('according to dciodvfy (needs dciodvfy)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ichor-findings-'));
  const complaints = (name: string, file: Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, file);
    const { stderr } = spawnSync('dciodvfy', [path], { encoding: 'utf8' });
    return stderr.split('\n').filter((line) => line.startsWith('Error'));
  };

  it('the structured report has no error', () => {
    expect(complaints('report.dcm', structuredReport(study, findings, origin))).toEqual([]);
  });

  it('a report without findings, which gives the reason, has no error', () => {
    const conclusion = { headline: 'no statement', alarm: 'This bundle separates nothing.' };
    expect(complaints('none.dcm', structuredReport(study, [], origin, conclusion))).toEqual([]);
  });

  it('the key image has no error', () => {
    const picture = { width: 4, height: 4, data: new Uint8Array(48) };
    expect(complaints('key.dcm', keyImage(study, { ...placed, picture }, origin))).toEqual([]);
  });

  it('neither has an error when the header was full of invalid values', () => {
    const wild = {
      ...study,
      patientName: 'Name'.repeat(40),
      studyDate: '2024.01.01',
      timezoneOffset: '+0900',
      images: [{ sopClassUid: 'CT', sopInstanceUid: 'IM1' }],
    };
    // A report may only speak of slices of its study.
    const own = findings.map((finding) => ({ ...finding, slices: wild.images }));
    expect(complaints('wild.dcm', structuredReport(wild, own, origin))).toEqual([]);
  });

  it('dciodvfy finds an error when there is one', () => {
    expect(complaints('broken.dcm', Buffer.from('not DICOM')).length).toBeGreaterThan(0);
    expect(() => execFileSync('dciodvfy', [join(folder, 'missing.dcm')], { stdio: 'ignore' })).toThrow();
  });
});
