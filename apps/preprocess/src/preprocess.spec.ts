import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readManifest, RunRecord } from '@ichor/cli';
import {
  layout,
  rawTable,
  datasetTable,
  foldsTable,
  labelSmoothTable,
  readGeneration,
  readPreprocessed,
  readTable,
  type Layout,
} from '@ichor/tables';
import { beforeEach, describe, expect, it } from 'vitest';
import { cutChunks, openJournal } from './journal.js';
import { failurePath, manifestPath, preprocess, type PreprocessOptions } from './preprocess.js';
import { ReaderPool } from './reader-pool.js';
import { readSet } from './read-set.js';
import { dicomFile, type TestSlice } from './testing/dicom-file.js';
import { quietTerminal } from './testing/quiet-terminal.js';

const order = ['epidural', 'intraparenchymal', 'intraventricular', 'subarachnoid', 'subdural', 'any'];
const options: PreprocessOptions = {
  workers: 1,
  folds: 2,
  seed: 10,
  minBrainRange: 60,
  keepTestSlices: false,
  chunkSlices: 2,
  fresh: false,
  redraw: false,
  strict: false,
};
const half = (low: number, high: number) => Array.from({ length: 16 }, (_, i) => (i < 8 ? low : high));

/** Positive labels, or undefined for a slice without rows in the CSV. */
const train: Record<string, [Partial<TestSlice>, string[] | undefined]> = {
  ID_04: [{ z: 0, stored: half(0, 100) }, []],
  ID_01: [
    { z: 5, stored: half(0, 100), windowCenter: '40\\50', windowWidth: '80\\400' },
    ['subdural', 'any'],
  ],
  // Unsigned values that wrapped: 10 is 10 HU, 4000 is 4000 + 1000 - 4096 - 1000 = -96 HU.
  ID_03: [{ z: 10, stored: half(10, 4000), signed: false }, []],
  ID_02: [{ z: 15, stored: half(0, 100) }, ['subdural', 'any']],
  ID_05: [{ z: 20, stored: half(-1000, -1000) }, []],
  ID_06: [{ z: 0, stored: half(0, 100), patient: 'ID_p2', study: 'ID_s2' }, ['epidural', 'any']],
  ID_0e: [{ z: 0, stored: half(0, 100) }, undefined],
  ID_6431af929: [{ z: 0, stored: half(0, 100) }, []],
};

let files: Layout;
const image = (id: string) => join(files.input.trainImages, `${id}.dcm`);
const slice = (changes: Partial<TestSlice>): TestSlice => ({
  patient: 'ID_p1',
  study: 'ID_s1',
  z: 0,
  stored: half(0, 100),
  ...changes,
});

beforeEach(async () => {
  files = layout(await mkdtemp(join(tmpdir(), 'ichor-preprocess-')));
  await mkdir(files.input.trainImages, { recursive: true });
  await mkdir(files.input.testImages, { recursive: true });
  const csv = ['ID,Label'];
  for (const [id, [changes, labels]] of Object.entries(train)) {
    await writeFile(image(id), dicomFile(slice(changes)));
    if (labels !== undefined)
      csv.push(...order.map((label) => `${id}_${label},${labels.includes(label) ? 1 : 0}`));
  }
  await writeFile(image('ID_0b'), 'no DICOM');
  for (const id of ['ID_0b', 'ID_0f']) csv.push(...order.map((label) => `${id}_${label},0`));
  await writeFile(files.input.trainCsv, csv.join('\n'));
  await writeFile(
    join(files.input.testImages, 'ID_a1.dcm'),
    dicomFile(slice({ patient: 'ID_p9', study: 'ID_s9' })),
  );
  await writeFile(
    join(files.input.testImages, 'ID_a2.dcm'),
    dicomFile(slice({ patient: 'ID_p9', study: 'ID_s9', z: 9, stored: half(0, 60) })),
  );
});

async function run(changes: Partial<PreprocessOptions> = {}, signal = new AbortController().signal) {
  const { terminal, lines } = quietTerminal();
  const readers = new ReaderPool(changes.workers ?? options.workers);
  try {
    const result = await preprocess(files, { ...options, ...changes }, { signal, terminal, readers });
    return { ...result, lines };
  } finally {
    await readers.close();
  }
}

describe('preprocess', () => {
  it('writes the statistics of the three views, the first window and all else', async () => {
    await run();
    const { rows, columns } = await readTable(files.preprocessed('train_raw'), rawTable);
    expect(rows).toBe(6);
    const row = columns.ID.indexOf('ID_01');
    // Half the pixels 0, half 100; both windows of the file clamp to 0..80.
    expect([columns.raw_min[row], columns.raw_max[row], columns.raw_mean[row]]).toEqual([0, 100, 50]);
    expect([columns.WindowCenter[row], columns.WindowWidth[row]]).toEqual([40, 80]);
    expect([
      columns.file_window_max[row],
      columns.file_window_mean[row],
      columns.file_window_diff[row],
    ]).toEqual([80, 40, 80]);
    expect([columns.brain_max[row], columns.brain_mean[row], columns.brain_diff[row]]).toEqual([80, 40, 80]);
    expect(columns.OtherAttributes[row]).toBe('{"WindowCenter":[40,50],"WindowWidth":[80,400]}');
    expect(columns.labels[row]).toBe('subdural any');
    expect(columns.num_labels[row]).toBe(2);
    // 30/80 clamps to -10..70.
    expect(columns.file_window_mean[columns.ID.indexOf('ID_02')]).toBe(35);
    // Without the fix both values would lie outside or at the edge; with it half the pixels are brain.
    expect(columns.brain_region_rate[columns.ID.indexOf('ID_03')]).toBe(0.5);
  });

  it('writes data set, folds, soft and smoothed targets', async () => {
    await run();
    const { columns } = await readTable(files.preprocessed('train_folds'), foldsTable);
    expect(columns.ID).toEqual(['ID_01', 'ID_02', 'ID_03', 'ID_04', 'ID_06']);
    expect([...columns.PositionOrd]).toEqual([0.5, 1, 0.75, 0.25, 1]);
    expect(columns.LeftLabel).toEqual(['', '', 'subdural any', '', '']);
    expect(columns.RightLabel).toEqual(['', '', 'subdural any', 'subdural any', '']);
    expect(new Set(columns.fold.slice(0, 4)).size).toBe(1);
    const soft = await readTable(files.preprocessed('train_folds_senet154_customlabels'), foldsTable);
    expect([...soft.columns.target_subdural]).toEqual([1, 1, Math.fround(0.3), 0, 0]);
    expect(soft.columns.fold).toEqual(columns.fold);
    const smooth = await readTable(files.preprocessed('train_fold_with_label_smooth'), labelSmoothTable);
    // In order of position 0 1 0 1: 1/2, 1/3, 2/3, 1/2.
    expect([...smooth.columns.smooth_subdural]).toEqual([1 / 3, 0.5, 2 / 3, 0.5, 0].map(Math.fround));
    const test = await readTable(files.preprocessed('test'), datasetTable);
    expect(test.columns.ID).toEqual(['ID_a1']);
    expect(test.columns.target_any).toEqual(Float32Array.of(NaN));
  });

  it('names the left-out slices with reasons, and goes on', async () => {
    const { summary, unreadable } = await run({ workers: 2 });
    expect(unreadable).toBe(1);
    for (const reason of [
      'no such file',
      'no row in the label CSV',
      'known to be corrupt',
      'dicom/',
      '60 HU',
    ])
      expect(summary).toContain(reason);
    expect(summary).toContain('ID_0b.dcm');
    const manifest = await readManifest(join(files.preprocessedFolder, 'manifest.json'));
    expect(manifest.status).toBe('complete');
    expect(manifest.results['train']).toMatchObject({
      unreadable: [{ id: 'ID_0b', code: 'dicom/not-dicom' }],
    });
    const dropped = Object.fromEntries(manifest.dropped.first.map(({ id, reason }) => [id, reason]));
    expect(Object.keys(dropped).sort()).toEqual([
      'ID_05',
      'ID_0b',
      'ID_0e',
      'ID_0f',
      'ID_6431af929',
      'ID_a2',
    ]);
    expect(dropped['ID_a2']).toBe('brain-window range is not above 60 HU');
  });

  it('keeps test slices without brain when told to', async () => {
    await run({ keepTestSlices: true });
    expect((await readTable(files.preprocessed('test'), datasetTable)).rows).toBe(2);
  });

  it('stops at the first bad file when strict, naming it', async () => {
    await expect(run({ strict: true })).rejects.toMatchObject({ file: image('ID_0b') });
  });

  it('reads nothing again when nothing changed, and writes the same tables', async () => {
    await run();
    const first = await readFile(files.preprocessed('train_folds'));
    const { outcomes } = await run();
    expect(outcomes.map(({ resumed }) => resumed)).toEqual([7, 2]);
    expect(await readFile(files.preprocessed('train_folds'))).toEqual(first);
    const again = await run({ fresh: true });
    expect(again.outcomes.map(({ resumed }) => resumed)).toEqual([0, 0]);
  });

  it.each([{ folds: 3 }, { seed: 11 }, { minBrainRange: 0 }, { keepTestSlices: true }])(
    'does not replace its tables by those of another draw (%j) unasked',
    async (other) => {
      await run();
      const tables = await Promise.all(
        ['train_folds', 'test'].map((name) => readFile(files.preprocessed(name as 'test'))),
      );
      await expect(run(other)).rejects.toMatchObject({
        code: 'preprocess/other-draw',
        file: manifestPath(files),
        message: expect.stringContaining('ICHOR_ROOT to another folder'),
      });
      await expect(run({ ...other, fresh: true })).rejects.toMatchObject({ code: 'preprocess/other-draw' });
      expect(
        await Promise.all(
          ['train_folds', 'test'].map((name) => readFile(files.preprocessed(name as 'test'))),
        ),
      ).toEqual(tables);
      await run({ ...other, redraw: true });
      await run(other);
    },
  );

  it('writes the same bytes whatever the number of threads', async () => {
    const tables = async () => {
      const names = (await readdir(files.preprocessedFolder)).filter((name) => name.endsWith('.arrow'));
      return Promise.all(
        names.map(async (name) => [name, await readFile(join(files.preprocessedFolder, name))]),
      );
    };
    await run({ workers: 1 });
    const one = await tables();
    await run({ workers: 3, fresh: true });
    expect(one).toHaveLength(11);
    expect(await tables()).toEqual(one);
  });

  it('names the folder when there is nothing to read', async () => {
    files = layout(await mkdtemp(join(tmpdir(), 'ichor-preprocess-')));
    await expect(run()).rejects.toMatchObject({ code: 'preprocess/no-images', file: files.input.folder });
    expect(await readdir(files.root)).toEqual([]);
  });
});

describe('tables that are there', () => {
  const tables = async () => {
    const names = (await readdir(files.preprocessedFolder)).sort();
    return Promise.all(
      names
        .filter((name) => name.endsWith('.arrow') || name === 'generation.json' || name === 'manifest.json')
        .map(async (name) => [name, await readFile(join(files.preprocessedFolder, name), 'base64')]),
    );
  };
  const contents = async () => (await readGeneration(files))?.images.train.content;

  it('are of one generation, which their readers can check', async () => {
    await run();
    expect((await readPreprocessed(files, 'train_folds', foldsTable)).rows).toBe(5);
    expect(await readGeneration(files)).toMatchObject({
      images: { train: { files: 9 }, test: { files: 2 } },
    });
    expect((await readdir(files.preprocessedFolder)).filter((name) => !name.endsWith('.arrow'))).toEqual([
      'generation.json',
      'manifest.json',
    ]);
  });

  it('stay as they are, with their manifest, when a run with other folds fails at one of them', async () => {
    await run();
    const before = await tables();
    // Somebody's folder in the place of a table: the last that is written.
    const blocked = files.preprocessed('train_fold_with_label_smooth');
    await rename(blocked, `${blocked}.away`);
    await mkdir(join(blocked, 'somebody'), { recursive: true });
    await expect(run({ seed: 99, redraw: true })).rejects.toMatchObject({
      code: 'files/not-writable',
      file: blocked,
    });
    await rm(blocked, { recursive: true });
    await rename(`${blocked}.away`, blocked);
    expect(await tables()).toEqual(before);
    expect((await readManifest(failurePath(files))).status).toBe('failed');
    // The next run succeeds, without reading a file again, and says nothing of the failure.
    const { outcomes } = await run({ seed: 99, redraw: true });
    expect(outcomes.map(({ resumed }) => resumed)).toEqual([7, 2]);
    await expect(stat(failurePath(files))).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await readManifest(manifestPath(files))).seeds).toEqual({ folds: 99 });
  });

  it('stay as they are when the images cannot be listed, or none of those that the CSV lists is there', async () => {
    await run();
    const before = await tables();
    const away = join(files.root, 'away');
    await rename(files.input.trainImages, away);
    // A loop of links fails as a disk does that is not mounted well, also for the superuser.
    await symlink(files.input.trainImages, files.input.trainImages);
    await expect(run()).rejects.toMatchObject({ code: 'files/not-readable', file: files.input.trainImages });
    await rm(files.input.trainImages);
    await mkdir(files.input.trainImages);
    await expect(run()).rejects.toMatchObject({
      code: 'preprocess/no-images',
      file: files.input.trainImages,
    });
    await rm(files.input.trainImages, { recursive: true });
    await expect(run()).rejects.toMatchObject({ code: 'preprocess/no-images' });
    // Every file of the disk fails: only the listing still works.
    await mkdir(files.input.trainImages);
    for (const id of ['ID_01', 'ID_02']) await writeFile(image(id), '');
    await expect(run()).rejects.toMatchObject({ code: 'preprocess/none-readable' });
    expect(await tables()).toEqual(before);
    expect(await readdir(files.preprocessedFolder)).toContain('failed.json');
  });

  it('are made anew when one image changes, whatever its size and time', async () => {
    await run();
    const content = await contents();
    const { atime, mtime } = await stat(image('ID_04'));
    // Same pixels in another order: statistics, size and time are the same.
    await writeFile(image('ID_04'), dicomFile(slice({ stored: half(100, 0) })));
    await utimes(image('ID_04'), atime, mtime);
    const { outcomes } = await run();
    expect(outcomes.map(({ resumed }) => resumed)).toEqual([0, 2]);
    expect(await contents()).not.toBe(content);
  });

  it('have the same fingerprint when the files are only touched or copied', async () => {
    await run();
    const content = await contents();
    const folds = await readFile(files.preprocessed('train_folds'));
    await utimes(image('ID_04'), 1, 1);
    const { outcomes } = await run();
    expect(outcomes[0]?.resumed).toBe(0);
    expect(await contents()).toBe(content);
    expect(await readFile(files.preprocessed('train_folds'))).toEqual(folds);
  });
});

describe('the reading threads', () => {
  it('report a file that they cannot write, with the remedy', async () => {
    const readers = new ReaderPool(1);
    readers.grow(1);
    const output = join(files.input.trainCsv, 'chunk.arrow');
    const task = { folder: files.input.trainImages, ids: ['ID_01'], labels: [''], output };
    const ignore = () => undefined;
    const read = readers.read([task], new AbortController().signal, { onProgress: ignore, onChunk: ignore });
    await expect(read).rejects.toMatchObject({
      name: 'IchorError',
      code: 'files/not-writable',
      file: output,
      remedy: expect.stringContaining('not a folder'),
    });
    await readers.close();
  });
});

describe('a run after a kill', () => {
  it('does not read the files of finished chunks', async () => {
    const ids = ['ID_01', 'ID_02', 'ID_03', 'ID_04'];
    const workFolder = join(files.preprocessedFolder, '.work', 'train');
    const { terminal } = quietTerminal();
    const { signal } = new AbortController();
    const [chunk] = (await openJournal(workFolder, 'source', ids, 2)).chunks;
    if (chunk === undefined) throw new TypeError('no chunk');
    const task = { folder: files.input.trainImages, ids: chunk.ids, labels: ['', 'any'], output: chunk.path };
    const ignore = () => undefined;
    const readers = new ReaderPool(1);
    readers.grow(1);
    await readers.read([task], signal, { onProgress: ignore, onChunk: ignore });
    // What a killed worker leaves behind, and files that would fail if they were opened.
    await writeFile(`${chunk.path}.tmp-1-x`, 'half');
    await writeFile(image('ID_01'), 'gone');
    await writeFile(image('ID_02'), 'gone');

    const result = await readSet({
      ...options,
      name: 'train',
      images: { ids, leftOut: [] },
      imageFolder: files.input.trainImages,
      workFolder,
      output: files.preprocessed('train_raw'),
      earlier: join(files.preprocessedFolder, 'none.arrow'),
      source: 'source',
      labels: undefined,
      readers,
      signal,
      terminal,
      record: new RunRecord({ command: 'test' }),
    });
    await readers.close();
    expect(result).toMatchObject({ unreadable: [], resumed: 2, kept: false });
    const { columns } = await readTable(files.preprocessed('train_raw'), rawTable);
    expect(columns.ID).toEqual(ids);
    expect(columns.labels).toEqual(['', 'any', '', '']);
  });

  it('cuts smaller chunks towards the end, and loses no slice', () => {
    const ids = Array.from({ length: 1000 }, (_, i) => `ID_${i}`);
    const chunks = cutChunks(ids, 200);
    // A quarter of what is left, at most 200 and at least 32: 1000 - 200 = 800, 800 - 200 = 600...
    expect(chunks.map((chunk) => chunk.length)).toEqual([200, 200, 150, 113, 85, 63, 48, 36, 32, 32, 32, 9]);
    expect(chunks.flat()).toEqual(ids);
  });

  it('begins anew when the files are others', async () => {
    const workFolder = join(files.preprocessedFolder, '.work', 'train');
    const first = await openJournal(workFolder, 'source', ['ID_01'], 2);
    await writeFile(first.chunks[0]?.path ?? '', 'a chunk');
    expect((await openJournal(workFolder, 'source', ['ID_01'], 2)).chunks[0]?.done).toBe(true);
    expect((await openJournal(workFolder, 'other', ['ID_01'], 2)).chunks[0]?.done).toBe(false);
  });

  it('stops between chunks when asked to', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopped by the user'));
    await expect(run({}, stop.signal)).rejects.toThrow('stopped by the user');
    expect((await readManifest(failurePath(files))).status).toBe('stopped');
  });
});
