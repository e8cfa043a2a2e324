import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeRoot, smallModel } from '@ichor/bundle/testing';
import { makeSlice } from '@ichor/intake/testing';
import { browserPath, launchBrowser, pageFaults } from '@ichor/report/testing';
import {
  foldsTable,
  labelColumns,
  predictionsTable,
  readTable,
  writeTable,
  type Layout,
} from '@ichor/tables';
import { baseModelFiles } from '@ichor/training';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTrainingReport, TrainingSet, writeTrainingReport, type TrainingReport } from './index.js';

let root: string;
let paths: Layout;
let set: TrainingSet;
let report: TrainingReport;

const size = 32;
/** Wrong about everything: what is labelled gets 0.2, the rest 0.7 and a little more from slice to slice. */
const wrong = (target: number, row: number) => (target === 1 ? 0.2 : 0.7 + row / 1000);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ichor-training-report-'));
  // Of 64 pixels: its last maps have 2 x 2 cells, so that a heat map shows something.
  paths = await makeRoot(root, { ...smallModel, imageSize: 64 });
  const { columns } = await readTable(paths.preprocessed('train_folds'), foldsTable);
  await writeTable(paths.predictions('stacker', 0, 'valid'), predictionsTable, {
    ID: columns.ID,
    pass: new Int8Array(columns.ID.length),
    ...labelColumns('target', (label) => columns[`target_${label}`]),
    ...labelColumns('output', (label) => columns[`target_${label}`].map(wrong)),
  });
  const epoch = (epoch: number) => ({
    kind: 'epoch',
    epoch,
    trainingLoss: 1 / (epoch + 1),
    validationLoss: 0.5,
  });
  await writeFile(
    baseModelFiles(paths, smallModel.name, 0).metrics,
    `${JSON.stringify(epoch(0))}\n${JSON.stringify(epoch(1))}\n{"kind":"epo`,
  );
  await mkdir(paths.input.trainImages, { recursive: true });
  for (const id of columns.ID.slice(0, 28)) {
    const pixels = Int16Array.from({ length: size * size }, (_, i) => (i % 7) * 20);
    const file = makeSlice({
      Rows: size,
      Columns: size,
      PixelData: pixels.buffer,
      SOPInstanceUID: '1.2.3.4.5',
    });
    await writeFile(join(paths.input.trainImages, `${id}.dcm`), file);
  }
  set = await TrainingSet.read(paths);
  report = await readTrainingReport(paths, set, { mistakes: 1, mistakesOf: 'stacker' });
});
afterAll(() => rm(root, { recursive: true }));

describe('readTrainingReport', () => {
  it('puts the best model first', () => {
    expect(report.models.map(({ name }) => name)).toEqual(['small-model', 'stacker']);
    expect(report.models.map(({ labels }) => labels[2]?.auc)).toEqual([1, 0]);
    expect(report.notes).toEqual([]);
  });

  it('reads the losses of the epochs that were finished', () => {
    expect(report.curves).toEqual([
      {
        model: 'small-model',
        fold: 0,
        epochs: [
          { training: 1, validation: 0.5 },
          { training: 0.5, validation: 0.5 },
        ],
      },
    ]);
  });

  it('names the worst mistakes and their positions', () => {
    const any = report.mistakes.filter(({ label }) => label === 'any');
    // The last slice is negative: study 7, slice 4 of 4.
    expect(any.map(({ kind, place }) => [kind, place.study, place.slice, place.slices])).toEqual([
      ['false positive', 'study 7', 4, 4],
      ['false negative', 'study 1', 2, 4],
    ]);
    expect(any[0]?.probability).toBeCloseTo(0.731, 6);
  });

  it('says which model has nothing to report', async () => {
    await expect(readTrainingReport(paths, set, { models: ['resnet'] })).rejects.toMatchObject({
      code: 'training-report/nothing',
      reason: expect.stringContaining('resnet'),
    });
  });
});

describe('writeTrainingReport', () => {
  it('shows pictures with heat maps of the network that there is, and says where a file is gone', async () => {
    const path = join(root, 'report.html');
    expect(await writeTrainingReport(path, paths, set, report)).toBe('small-model');
    const page = await readFile(path, 'utf8');
    // Of twelve mistakes the false positives are slices 31, whose files were never written.
    expect(page.match(/class="card mistake"/g)).toHaveLength(12);
    expect(page.match(/No picture: /g)).toHaveLength(6);
    expect(page.match(/alt="subdural"/g)).toHaveLength(6);
    expect(page).toContain('alt="heat map"');
    expect(page.match(/class="heat-scale"/g)).toHaveLength(1);
    expect(page).not.toMatch(/(src|href)="(?!data:|#)/);
  });

  it('leaves out heat maps when told to', async () => {
    const path = join(root, 'plain.html');
    expect(await writeTrainingReport(path, paths, set, report, { heatMaps: false })).toBeUndefined();
    expect(await readFile(path, 'utf8')).not.toMatch(/alt="heat map"|class="heat-scale"/);
  });

  it.skipIf(!browserPath)(
    'is accessible and fits a desktop, a phone and paper (needs Chromium)',
    async () => {
      const browser = await launchBrowser();
      try {
        expect(await pageFaults(browser, join(root, 'report.html'))).toEqual([]);
      } finally {
        await browser.close();
      }
    },
  );
});
