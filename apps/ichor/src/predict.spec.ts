import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { makeRoot } from '@ichor/bundle/testing';
import { makeDicomdir, makeHead, makeZip } from '@ichor/intake/testing';
import { browserPath, launchBrowser, pageFaults } from '@ichor/report/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ichor } from './testing/program.js';

interface Summary {
  readonly studies: readonly { readonly studyInstanceUid: string; readonly calibrated: readonly number[] }[];
  readonly failed: readonly unknown[];
  readonly leftOut: readonly unknown[];
  readonly files: readonly string[];
}
interface Prediction {
  readonly slices: readonly {
    readonly calibrated: Readonly<Record<string, number>>;
    readonly raw: unknown;
  }[];
  readonly keySlices: readonly number[];
}

const slices = [1, 2, 3, 4];
let folder: string;
let bundle: string;
const at = (...parts: string[]) => join(folder, ...parts);
const another = (study: string) => ({ StudyInstanceUID: study, SeriesInstanceUID: `${study}.1` });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-program-'));
  bundle = at('bundle');
  await makeRoot(at('root'));
  await mkdir(at('ct'));
  await mkdir(at('media', 'IMAGES'), { recursive: true });
  for (const slice of slices) {
    await writeFile(at('ct', `${slice}.dcm`), makeHead(slice));
    await writeFile(at('media', 'IMAGES', `IM${slice}`), makeHead(slice, another('1.2.5')));
  }
  await writeFile(at('media', 'DICOMDIR'), makeDicomdir(slices.map((slice) => ['IMAGES', `IM${slice}`])));
  const entries = slices.map((slice) => ({
    name: `ct/${slice}`,
    content: makeHead(slice, another('1.2.4')),
  }));
  await writeFile(at('ct.zip'), makeZip(entries));
});
afterAll(() => rm(folder, { recursive: true }));

it('makes a bundle', async () => {
  const { code, stdout } = await ichor(['bundle', '--out', bundle, '--json'], { ICHOR_ROOT: at('root') });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ format: 'ichor-bundle', name: 'bundle' });
});

it('predicts with the included bundle by default, and says what it was trained on', async () => {
  const { code, stdout } = await ichor(['predict', at('ct'), '--out', at('tried')]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/synthetic heads only/);
  const page = await readFile(at('tried', 'studies', 'study-0001', 'report.html'), 'utf8');
  expect(page).toMatch(/synthetic heads only/);
});

it('predicts a folder and tells what it wrote', async () => {
  const { code, stdout } = await ichor(['predict', at('ct'), '--bundle', bundle, '--out', at('results')]);
  expect(code).toBe(0);
  expect(stdout).toContain('Not a medical device');
  for (const name of ['index.html', 'studies.csv', 'slices.csv', 'slices.arrow']) {
    expect(stdout).toContain(at('results', name));
    expect(existsSync(at('results', name))).toBe(true);
  }
});

it('predicts a zip and a DICOMDIR as it predicts the folder', async () => {
  const paths = [at('ct.zip'), at('media', 'DICOMDIR'), at('ct')];
  const { code, stdout } = await ichor([
    'predict',
    ...paths,
    '-b',
    bundle,
    '-o',
    at('all'),
    '--no-html',
    '--json',
  ]);
  expect(code).toBe(0);
  const { studies, failed, leftOut }: Summary = JSON.parse(stdout);
  expect([failed, leftOut]).toEqual([[], []]);
  expect(studies.map(({ studyInstanceUid }) => studyInstanceUid)).toEqual(['1.2.4', '1.2.5', '1.2.3']);
  // Augmentation is drawn by the identifier of the slice, which is the same.
  expect(studies[0]!.calibrated).toEqual(studies[2]!.calibrated);
  expect(studies[1]!.calibrated).toEqual(studies[2]!.calibrated);
  expect(existsSync(at('all', 'index.html'))).toBe(false);
});

it('evaluates them against the truth', async () => {
  const truth = at('truth.csv');
  await writeFile(truth, 'StudyInstanceUID,any\n1.2.3,1\n9.9,0\n');
  const { code, stdout } = await ichor(['evaluate', at('results'), '--truth', truth, '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    studies: 1,
    unusedTruth: 1,
    labels: [{ label: 'any', positives: 1, negatives: 0, auc: null }, {}, {}, {}, {}, {}],
  });
  const table = await ichor(['evaluate', at('results'), '--truth', truth]);
  expect(table.stdout).toContain('1 study; in brackets 95 % intervals.');
});

if (!browserPath)
  console.warn('pages of ichor predict: not looked at, no Chromium here (set CHROMIUM to its path)');

describe.skipIf(!browserPath)('the pages of a run, in a browser (needs Chromium)', () => {
  it('lead from the overview through all studies and back', async () => {
    const { code } = await ichor([
      'predict',
      at('ct'),
      at('ct.zip'),
      '-b',
      bundle,
      '-o',
      at('linked'),
      '--no-augment',
      '--heat-maps',
      'none',
    ]);
    expect(code).toBe(0);
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      const title = () => page.textContent('h1');
      await page.goto(pathToFileURL(at('linked', 'index.html')).href);
      await page.click('text=study-0001');
      expect(await title()).toBe('study-0001');
      expect(await page.getByText('previous study').count()).toBe(0);
      expect(await page.textContent('.keys')).toContain('ichor predict --heat-maps key');
      await page.click('text=next study');
      await page.waitForURL(/study-0002/);
      expect(await title()).toBe('study-0002');
      expect(await page.getByText('next study').count()).toBe(0);
      await page.click('text=previous study');
      await page.waitForURL(/study-0001/);
      expect(await title()).toBe('study-0001');
      await page.click('text=all studies');
      await page.waitForURL(/index\.html/);
      expect(await title()).toBe('2 studies');
      // Accessible, and no wider than a desktop, a phone and a sheet of paper.
      expect(await pageFaults(browser, at('linked', 'index.html'))).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});

describe.skipIf(!browserPath)('the page of a study, in a browser (needs Chromium)', () => {
  let browser: Browser;
  let page: Page;
  let prediction: Prediction;

  beforeAll(async () => {
    const study = at('results', 'studies', 'study-0001');
    prediction = JSON.parse(await readFile(join(study, 'prediction.json'), 'utf8'));
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    await page.goto(pathToFileURL(at('results', 'index.html')).href);
    await page.click('text=study-0001');
    await drawn(prediction.keySlices[0]! - 1);
  });
  afterAll(() => browser?.close());

  const drawn = (index: number) => page.waitForSelector(`#viewport[data-drawn="${index}"]`);
  const shown = async () => {
    const rows = await page.$$('#slice-numbers [data-label]');
    const pairs = rows.map(async (row) => [
      await row.getAttribute('data-label'),
      await (await row.$('.calibrated'))?.textContent(),
    ]);
    return Object.fromEntries(await Promise.all(pairs)) as Record<string, string>;
  };
  const expected = (index: number) =>
    Object.fromEntries(
      Object.entries(prediction.slices[index]!.calibrated).map(([label, value]) => [label, value.toFixed(3)]),
    );
  const gray = (x: number, y: number) =>
    page.evaluate(
      `document.querySelector('#viewport').getContext('2d').getImageData(${x}, ${y}, 1, 1).data[0]`,
    );

  it('scrolls through all slices with the numbers of prediction.json', async () => {
    await page.hover('#viewport');
    await page.keyboard.press('Home');
    for (const index of slices.keys()) {
      await drawn(index);
      expect(await shown()).toEqual(expected(index));
      if (index < slices.length - 1) await page.mouse.wheel(0, -100);
    }
  });

  it('switches windows', async () => {
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowUp');
    await drawn(1);
    // The spot of 75 HU: 75 / 80 x 255 = 239 in the brain window, (75 + 20) / 200 x 255 = 121 in the subdural one.
    expect(await gray(24, 24)).toBe(239);
    await page.keyboard.press('2');
    await page.waitForSelector('[data-window="subdural"][aria-pressed="true"]');
    expect(await gray(24, 24)).toBe(121);
  });

  it('says that it is no medical device, and names no patient data', async () => {
    expect(await page.isVisible('text=Not a medical device')).toBe(true);
    expect(await page.content()).not.toMatch(/Doe|Jane/);
  });
});
