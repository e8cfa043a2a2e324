import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dcmjs from 'dcmjs';
import { describe, expect, it } from 'vitest';
import { keyImage, structuredReport, uidFrom, type Finding, type Origin, type SourceStudy } from './index.js';

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
  studyId: '7',
  images: [1, 2, 3].map(slice),
};
const origin: Origin = {
  softwareVersion: '0.1.0',
  modelName: 'test',
  createdAt: new Date(Date.UTC(2026, 0, 2, 3, 4, 5)),
};
const findings: Finding[] = [
  { label: 'any', probability: 0.9, rawProbability: 0.7, threshold: 0.5, slices: [slice(2)] },
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
      ['99ICHOR:PROBABILITY', 0.9],
      ['99ICHOR:RAW', 0.7],
      ['99ICHOR:THRESHOLD', 0.5],
    ]);
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

describe('keyImage', () => {
  it('keeps the pixels, padded to an even length', () => {
    const data = Uint8Array.from({ length: 45 }, (_, i) => 5 * i);
    const dataset = read(keyImage(study, { width: 5, height: 3, data }, 'brain', [slice(2)], origin));
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

const validator = spawnSync('dciodvfy', ['-version']).error === undefined;
if (!validator)
  console.warn('findings against dciodvfy: not tested, the program is not here (Debian: dicom3tools)');

describe.skipIf(!validator)('according to dciodvfy', () => {
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

  it('the key image has no error', () => {
    const picture = { width: 4, height: 4, data: new Uint8Array(48) };
    expect(complaints('key.dcm', keyImage(study, picture, 'brain', [slice(1)], origin))).toEqual([]);
  });

  it('and it would find one', () => {
    expect(complaints('broken.dcm', Buffer.from('not DICOM')).length).toBeGreaterThan(0);
    expect(() => execFileSync('dciodvfy', [join(folder, 'missing.dcm')], { stdio: 'ignore' })).toThrow();
  });
});
