import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBundle } from '@ichor/bundle';
import { makeRoot } from '@ichor/bundle/testing';
import { makeHead, makeZip } from '@ichor/intake/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ichor, type Ended } from './testing/program.js';

interface Summary {
  readonly studies: readonly {
    readonly studyInstanceUid: string;
    readonly slices: number;
    readonly warnings: readonly string[];
  }[];
  readonly failed: readonly {
    readonly studyInstanceUid: string;
    readonly reason: string;
    readonly otherSeries?: unknown;
  }[];
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
  readonly notDone: number;
}

let folder: string;
let bundle: string;
const at = (...parts: string[]) => join(folder, ...parts);

/** Writes slices into a folder of their own; `change` may differ from slice to slice. */
async function study(
  name: string,
  slices: readonly number[],
  change: (slice: number) => Record<string, unknown>,
) {
  await mkdir(at('input', name), { recursive: true });
  for (const slice of slices) {
    const uid = { StudyInstanceUID: name, SeriesInstanceUID: `${name}.1` };
    await writeFile(at('input', name, `${slice}.dcm`), makeHead(slice, { ...uid, ...change(slice) }));
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-bad-input-'));
  bundle = at('bundle');
  await makeRoot(at('root'));
  await createBundle({ out: bundle, name: 'test', root: at('root') });
});
afterAll(() => rm(folder, { recursive: true }));

describe('a folder full of bad input', () => {
  let ended: Ended;
  let summary: Summary;
  const of = (uid: string) => summary.studies.find(({ studyInstanceUid }) => studyInstanceUid === uid);

  beforeAll(async () => {
    await study('1.1', [1, 2, 3, 4], () => ({}));
    await study('1.2', [1], () => ({}));
    await study('1.3', [1, 2, 3, 4, 5], (slice) =>
      slice > 3 ? { SeriesInstanceUID: '1.3.2', SeriesDescription: 'Bone', ConvolutionKernel: 'H70h' } : {},
    );
    await study('1.4', [1, 2, 3], () => ({ ImagePositionPatient: undefined }));
    await study('1.5', [1, 2], () => ({ BodyPartExamined: 'CHEST', SeriesDescription: 'Thorax' }));
    await study('1.6', [1, 2, 3], (slice) => (slice === 2 ? { PixelData: new Int16Array(3).buffer } : {}));
    await study('1.8', [1, 2, 3, 4], (slice) => ({ PatientID: slice % 2 ? 'ALPHA' : 'BETA' }));
    await writeFile(at('input', 'notes.txt'), 'not DICOM');
    await writeFile(
      at('input', 'hostile.zip'),
      makeZip([
        { name: '../../outside.dcm', content: makeHead(1, { StudyInstanceUID: '6.6.6' }) },
        { name: 'bomb', content: new Uint8Array(10_000_000) },
        { name: 'liar', content: makeHead(1, { StudyInstanceUID: '6.6.7' }), claims: { size: 4 } },
        { name: 'good', content: makeHead(1, { StudyInstanceUID: '1.7', SeriesInstanceUID: '1.7.1' }) },
      ]),
    );
    ended = await ichor([
      'predict',
      at('input'),
      '-b',
      bundle,
      '-o',
      at('results'),
      '--no-augment',
      '--json',
    ]);
    summary = JSON.parse(ended.stdout);
  });

  it('ends with 1, because a study was not predicted, and predicts all others', async () => {
    expect(ended.code).toBe(1);
    expect(summary.studies.map(({ studyInstanceUid }) => studyInstanceUid).sort()).toEqual([
      '1.1',
      '1.2',
      '1.3',
      '1.4',
      '1.6',
      '1.7',
    ]);
    expect(summary.notDone).toBe(0);
    expect((await readFile(at('results', 'studies.csv'), 'utf8')).trimEnd().split('\n')).toHaveLength(7);
    expect(of('1.1')?.warnings).toEqual([]);
  });

  it('says that there is no head CT in a study', () => {
    const failed = summary.failed.find(({ studyInstanceUid }) => studyInstanceUid === '1.5');
    expect(failed?.reason).toContain('no axial soft-tissue head series');
    expect(failed?.otherSeries).toEqual([
      { name: 'Thorax', reason: expect.stringContaining('another part of the body'), selector: '1.5.1' },
    ]);
  });

  it('refuses a study of two patients, without their identifiers', () => {
    expect(summary.failed.map(({ studyInstanceUid }) => studyInstanceUid).sort()).toEqual(['1.5', '1.8']);
    const { reason } = summary.failed.find(({ studyInstanceUid }) => studyInstanceUid === '1.8')!;
    expect(reason).toContain('different patients (they differ in PatientID)');
    expect(reason).not.toMatch(/ALPHA|BETA/);
  });

  it('warns of a single slice', () => {
    expect(of('1.2')?.warnings).toEqual([expect.stringContaining('single slice')]);
  });

  it('separates two series in one folder and reads the one that fits', async () => {
    expect(of('1.3')?.slices).toBe(3);
    const studies = (await readFile(at('results', 'studies.csv'), 'utf8')).split('\r\n');
    const name = studies.find((line) => line.includes(',1.3,'))!.split(',')[0]!;
    const json = JSON.parse(await readFile(at('results', 'studies', name, 'prediction.json'), 'utf8'));
    expect(json.otherSeries).toEqual([
      { name: 'Bone', reason: expect.stringContaining('sharp'), selector: '1.3.2' },
    ]);
  });

  it('orders slices without positions by their numbers, and warns', () => {
    expect(of('1.4')?.slices).toBe(3);
    expect(of('1.4')?.warnings).toEqual([expect.stringContaining('osition')]);
  });

  it('leaves out a slice with too few pixels', () => {
    expect(of('1.6')?.slices).toBe(2);
    expect(of('1.6')?.warnings.join()).toContain('2.dcm is left out');
  });

  it.each([
    ['notes.txt', 'no DICM prefix'],
    ['outside.dcm', 'leads outside the archive'],
    ['bomb', 'archives made to exhaust memory'],
    ['liar', 'zip'],
  ])('leaves out %s and says why', (name, reason) => {
    const one = summary.leftOut.find((leftOut) => leftOut.name.endsWith(name));
    expect(one?.reason).toContain(reason);
  });
});

describe('pixels of every transfer syntax', () => {
  it('are read', async () => {
    const fixtures = fileURLToPath(new URL('../../../libs/imaging/dicom/src/fixtures/', import.meta.url));
    const index: { file: string; syntax: string; frames: number }[] = JSON.parse(
      await readFile(join(fixtures, 'index.json'), 'utf8'),
    );
    const single = index.filter(({ frames }) => frames === 1);
    // The first of each syntax: later ones have flaws of their own, such as no rescale.
    const first = [...new Map([...single].reverse().map((one) => [one.syntax, one])).values()];
    await mkdir(at('syntaxes'));
    for (const [number, { file }] of first.entries()) {
      const bytes = await readFile(join(fixtures, file));
      // A study of its own, where the attributes are not packed; the length stays.
      const place = bytes.indexOf('ID_study');
      if (place >= 0) bytes.write(`ID_st_${String(number).padStart(2, '0')}`, place, 'latin1');
      await writeFile(at('syntaxes', file), bytes);
    }
    expect(first.length).toBeGreaterThan(12);
    const options = ['-b', bundle, '-o', at('pixels'), '--no-augment', '--no-html', '--no-dicom', '--json'];
    const { code, stdout } = await ichor(['predict', at('syntaxes'), ...options]);
    const { studies, failed }: Summary = JSON.parse(stdout);
    expect(failed).toEqual([]);
    expect(studies).toHaveLength(first.length);
    expect(code).toBe(0);
  });
});

describe('what stops everything', () => {
  it('is a folder without any head CT', async () => {
    await mkdir(at('nothing'));
    await writeFile(at('nothing', 'readme'), 'hello');
    const { code, stdout, stderr } = await ichor(['predict', at('nothing'), '-b', bundle, '-o', at('none')]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('there is no head CT in it: 1 file left out');
    expect(stderr).toContain('give the folder or archive');
  });

  it('is a series that is asked for and not there: the UIDs that are there are shown', async () => {
    const { code, stdout, stderr } = await ichor([
      ...['predict', at('input', '1.1'), '-b', bundle, '-o', at('none'), '--series', '1.2.3.4.5'],
    ]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('there is no series 1.2.3.4.5; there are: 1.1.1 (Head, 4 files)');
    expect(stderr).toContain('[intake/no-such-series]');
  });

  it('is a bundle whose hash does not fit', async () => {
    await cp(bundle, at('bent'), { recursive: true });
    const { networks } = JSON.parse(await readFile(join(bundle, 'manifest.json'), 'utf8'));
    const path = at('bent', networks[0].onnx.path);
    const bytes = await readFile(path);
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(path, bytes);
    const { code, stderr } = await ichor(['predict', at('input'), '-b', at('bent'), '-o', at('none')]);
    expect(code).toBe(1);
    // The line is printed before the hashes are computed.
    expect(stderr).toMatch(/^checking the bundle .*bent \(\d/);
    expect(stderr).toContain('is not the file that the manifest names (its hash differs)');
    expect(stderr).toContain('[bundle/hash]');
  });

  it('is a bundle of another version', async () => {
    await mkdir(at('future'));
    const manifest = JSON.parse(await readFile(join(bundle, 'manifest.json'), 'utf8'));
    await writeFile(at('future', 'manifest.json'), JSON.stringify({ ...manifest, version: 99 }));
    const { code, stderr } = await ichor(['predict', at('input'), '-b', at('future'), '-o', at('none')]);
    expect(code).toBe(1);
    expect(stderr).toContain('the bundle has version 99');
    expect(stderr).toContain('make the bundle again');
  });

  it('is a stacker for a bundle that is not fitted, or is not wanted', async () => {
    const make = (...more: string[]) =>
      ichor(['bundle', '--out', at('unmade'), '--final', 'sequence-gru', ...more], {
        ICHOR_ROOT: at('root'),
      });
    const missing = await make();
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain(
      'sequence-gru cannot be the final stacker of the bundle; it is not fitted',
    );
    expect(missing.stderr).toContain('npx nx run sequence-gru:train');
    const unwanted = await make('--no-stacking');
    expect(unwanted.code).toBe(2);
    expect(unwanted.stderr).toContain('--no-stacking wants none');
  });

  it('is a command line that cannot be understood', async () => {
    const { code, stderr } = await ichor(['predict', at('input'), '--bundel', bundle]);
    expect(code).toBe(2);
    expect(stderr).toContain('--bundle');
  });
});
