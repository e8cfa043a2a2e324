import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { displayWindows, grayPicture, overlayHeat } from '@ichor/windowing/pictures';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserPath, launchBrowser } from './testing/browser.js';
import { pageFaults } from './testing/page-faults.js';
import { madeUpStudy, pageOf } from './testing/made-up-study.js';

if (!browserPath)
  console.warn('report in a browser: not tested, no Chromium here (set CHROMIUM to its path)');

describe.skipIf(!browserPath)('the study report in a browser (needs Chromium)', () => {
  let browser: Browser;
  let page: Page;
  let file: string;
  const complaints: string[] = [];
  const requests: string[] = [];

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ichor-report-'));
    file = join(folder, 'study.html');
    await writeFile(file, await pageOf(madeUpStudy()));
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    await drawn(8);
  });
  afterAll(() => browser?.close());

  const drawn = (slice: number) => page.waitForSelector(`#viewport[data-drawn="${slice}"]`);
  /** Waits for a text without evaluating code in the page, which its security policy forbids. */
  const shows = (selector: string, hasText: RegExp) =>
    page.locator(selector, { hasText }).waitFor({ state: 'attached' });
  const center = () =>
    page.evaluate(
      `[...document.querySelector('#viewport').getContext('2d').getImageData(16, 16, 1, 1).data]`,
    );
  /** How the picture is enlarged and moved. */
  const planeOf = async (shownIn: Page) => {
    const style = (await shownIn.getAttribute('#viewport-plane', 'style')) ?? '';
    const [x, y, zoom] = (style.match(/-?[\d.]+(?=px|\))/g) ?? []).map(Number);
    return { x: x!, y: y!, zoom: zoom! };
  };
  const shown = async (label: string) =>
    page.textContent(`#slice-numbers [data-label="${label}"] .calibrated`);

  it('is accessible and fits a desktop, a phone and paper', async () => {
    expect(await pageFaults(browser, file)).toEqual([]);
  });

  it('finds a picture without text, gray on gray, a table too wide and an error', async () => {
    const bad = join(dirname(file), 'bad.html');
    const body = `<main><h1>x</h1><p style="color:#777;background:#888">gray</p><img src="data:,"><div style="width:900px">wide</div></main>`;
    await writeFile(
      bad,
      `<!doctype html><html lang="en"><title>x</title><body>${body}<script>absent()</script></body></html>`,
    );
    const faults = await pageFaults(browser, bad);
    expect(faults.filter((fault) => /^desktop, dark: (color-contrast|image-alt)/.test(fault))).toHaveLength(
      2,
    );
    expect(faults.filter((fault) => fault.includes('pixels wide'))).toHaveLength(3);
    expect(faults.filter((fault) => fault.includes('absent is not defined'))).toHaveLength(5);
  });

  it('opens at the key slice, in the brain window', async () => {
    expect(await page.textContent('#viewport-caption')).toBe('slice 9 of 9, brain window 40/80 HU');
    // 38 HU in the window 0..80: 38 / 80 * 255 = 121.1, which a canvas rounds.
    expect(await center()).toEqual([121, 121, 121, 255]);
    expect(await shown('any')).toBe('0.800');
    expect(await shown('intraparenchymal')).toBe('0.533');
  });

  it('scrolls by wheel and keyboard, and the numbers follow', async () => {
    await page.hover('#viewport');
    await page.mouse.wheel(0, 100);
    await drawn(7);
    expect(await shown('any')).toBe('0.700');
    await page.keyboard.press('Home');
    await drawn(0);
    expect(await shown('any')).toBe('0.000');
    expect(await page.textContent('#slice-name')).toBe('slice-0.dcm, 0.0 mm');
    // Small steps, as of a touchpad, add up to one slice.
    await page.mouse.wheel(0, -15);
    await page.mouse.wheel(0, -15);
    await page.mouse.wheel(0, -15);
    await drawn(1);
    await page.keyboard.press('ArrowDown');
    await drawn(0);
    await page.keyboard.press('ArrowUp');
    await drawn(1);
    // 31 / 80 * 255 = 98.8
    expect(await center()).toEqual([99, 99, 99, 255]);
  });

  it('switches windows by key and button', async () => {
    await page.keyboard.press('2');
    await page.waitForSelector('[data-window="subdural"][aria-pressed="true"]');
    // 31 HU in the window -20..180: 51 / 200 * 255 = 65.0
    expect(await center()).toEqual([65, 65, 65, 255]);
    await page.click('[data-window="bone"]');
    await page.waitForSelector('[data-window="bone"][aria-pressed="true"]');
    // 31 HU in the window -800..2000: 831 / 2800 * 255 = 75.7
    expect(await center()).toEqual([76, 76, 76, 255]);
  });

  it('marks the sides, shows Hounsfield units, and shows a scale', async () => {
    const marks = await page.$$eval('[data-mark]', (all) =>
      all.map((mark) => [mark.getAttribute('data-mark'), mark.textContent]),
    );
    expect(Object.fromEntries(marks)).toEqual({ left: 'R', right: 'L', top: 'A', bottom: 'P' });
    const box = (await page.locator('#viewport-box').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    // Slice 1 has 31 HU in its middle, and air in its corner.
    await shows('#hounsfield', /^31 HU$/);
    await page.mouse.move(box.x + 2, box.y + 2);
    await shows('#hounsfield', /^≤ -400 HU$/);
    // The box shows 160 mm: 50 mm are the longest of 100, 50, 20... within a third of it.
    const bar = await page.locator('#scale i').evaluate((one) => one.clientWidth + 2);
    expect(await page.textContent('#scale span')).toBe('50 mm');
    expect(Math.abs(bar - (50 / 160) * box.width)).toBeLessThan(2);
  });

  it('enlarges, moves and resets the picture, and explains its keys', async () => {
    const zoom = () =>
      page.locator('#viewport').evaluate((one) => one.getBoundingClientRect().width / one.clientWidth);
    await page.keyboard.press('+');
    expect(await zoom()).toBeCloseTo(1.5, 3);
    expect(await page.textContent('#scale span')).toBe('20 mm');
    await page.keyboard.press('r');
    expect(await zoom()).toBe(1);
    await page.waitForSelector('[data-window="brain"][aria-pressed="true"]');
    await page.keyboard.press('?');
    expect(await page.isVisible('#help')).toBe(true);
    await page.keyboard.press('?');
    expect(await page.isVisible('#help')).toBe(false);
  });

  it('announces the slice, and says why there is no heat map', async () => {
    await shows('#announcement', /^slice 2 of 9, left edge R, top A$/);
    expect(await page.textContent('#heat-why')).toContain('No heat map of this slice');
    expect(await page.textContent('#heat-why')).toContain('ichor predict --heat-maps all');
    expect(await page.isDisabled('#heat')).toBe(true);
  });

  it('shows its own window where one is typed, and keys stay with the field', async () => {
    await page.fill('#window-width', '62');
    await page.fill('#window-center', '31');
    await shows('#viewport-caption', /own window 31\/62 HU/);
    // 31 HU in the window 0..62 is its middle: 31 / 62 x 255 = 127.5
    expect([127, 128]).toContain(((await center()) as number[])[0]);
    await page.locator('#window-center').press('2');
    expect(await page.inputValue('#window-center')).toBe('312');
    await shows('#viewport-caption', /own window 312\/62 HU/);
    await page.fill('#window-width', '0');
    await page.locator('#window-width').press('Tab');
    expect(await page.inputValue('#window-width')).toBe('1');
    await page.click('[data-action="reset"]');
    expect(await page.inputValue('#window-center')).toBe('40');
    expect(await page.inputValue('#window-width')).toBe('80');
  });

  it('moves the picture with the Shift key, as far as it reaches', async () => {
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    const plane = () => planeOf(page);
    const before = await plane();
    const box = (await page.locator('#viewport-box').boundingBox())!;
    const middle = [box.x + box.width / 2, box.y + box.height / 2] as const;
    const drag = async (x: number, y: number) => {
      await page.keyboard.down('Shift');
      await page.mouse.move(...middle);
      await page.mouse.down();
      await page.mouse.move(middle[0] + x, middle[1] + y);
      await page.mouse.up();
      await page.keyboard.up('Shift');
    };
    await drag(40, -25);
    const after = await plane();
    expect([after.zoom, after.x - before.x, after.y - before.y]).toEqual([2.25, 40, -25]);
    // It does not move beyond its edges.
    for (let i = 0; i < 3; i++) await drag(500, 300);
    expect(await plane()).toMatchObject({ x: 0, y: 0 });
    await page.keyboard.press('r');
  });

  it('goes to a slice from the strip and shows its heat map', async () => {
    await page.click('#strip [data-slice="8"]');
    await drawn(8);
    const cold = await center();
    await page.keyboard.press('h');
    await page.waitForSelector('#heat[aria-pressed="true"]');
    expect(await page.textContent('#viewport-caption')).toContain('heat map of any');
    expect(await center()).not.toEqual(cold);
    expect(await page.isVisible('#heat-scale')).toBe(true);
  });

  it('shows heat maps in the colours of the key pictures', async () => {
    const { picture, heat } = madeUpStudy().slices[8]!;
    const expected = overlayHeat(grayPicture(picture, displayWindows.brain), heat!);
    const row = (await page.evaluate(
      `[...document.querySelector('#viewport').getContext('2d').getImageData(0, 16, 32, 1).data]`,
    )) as number[];
    const differences = row.flatMap((value, at) =>
      at % 4 === 3 ? [] : [Math.abs(value - expected.data[3 * (16 * 32 + Math.floor(at / 4)) + (at % 4)]!)],
    );
    // The map of the page has steps of 1/255, and only the picture rounds its gray before it is mixed: two levels.
    expect(Math.max(...differences)).toBeLessThanOrEqual(2);
  });

  it('goes to the slice under a click on the curves', async () => {
    const box = (await page.locator('#curves').boundingBox())!;
    // The drawing is 620 wide; slices 1..9 lie between 46 and 608: slice 3 at 46 + 2/8 * 562.
    await page.locator('#curves').click({ position: { x: (186.5 / 620) * box.width, y: box.height / 2 } });
    await drawn(2);
  });

  it('hides the patient until asked', async () => {
    expect(await page.isVisible('text=Doe^Jane')).toBe(false);
    await page.click('text=show patient data');
    expect(await page.isVisible('text=Doe^Jane')).toBe(true);
  });

  it('enlarges between two fingers and moves with them', async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true });
    const phone = await context.newPage();
    await phone.goto(page.url());
    await phone.waitForSelector('#viewport[data-drawn="8"]');
    await phone.locator('#viewport-box').scrollIntoViewIfNeeded();
    const box = (await phone.locator('#viewport-box').boundingBox())!;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const session = await context.newCDPSession(phone);
    const touch = async (type: 'touchStart' | 'touchMove' | 'touchEnd', ...across: number[]) => {
      const touchPoints = across.map((dx, id) => ({ x: x + dx, y, id }));
      await session.send('Input.dispatchTouchEvent', { type, touchPoints });
      // The page hears of moves at its next frame.
      await phone.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    };
    const plane = () => planeOf(phone);
    await touch('touchStart', -20, 20);
    await touch('touchMove', -50, 50);
    await touch('touchMove', -60, 60);
    const apart = await plane();
    // Three times as far apart: three times as large, and the middle of the box shows the same place.
    expect(apart.zoom).toBeCloseTo(3, 1);
    expect(Math.abs(apart.x + box.width)).toBeLessThan(2);
    await touch('touchMove', -40, 80);
    const moved = await plane();
    expect(moved.zoom).toBeCloseTo(3, 1);
    expect(Math.abs(moved.x - apart.x - 20)).toBeLessThan(2);
    await touch('touchEnd');
    await context.close();
  });

  it('keeps the proportions of a head whose pixels are not square', async () => {
    const study = madeUpStudy();
    const flat = study.slices.map((slice) => ({ ...slice, fieldOfView: { width: 160, height: 80 } }));
    const file = join(await mkdtemp(join(tmpdir(), 'ichor-report-')), 'flat.html');
    await writeFile(file, await pageOf({ ...study, slices: flat }));
    const other = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    await other.goto(pathToFileURL(file).href);
    await other.waitForSelector('#viewport[data-drawn="8"]');
    for (const selector of ['#viewport', '.keys img', '#strip img']) {
      const { width, height } = (await other.locator(selector).first().boundingBox())!;
      expect(Math.abs(width / height - 2)).toBeLessThan(0.05);
    }
    await other.close();
  });

  it('says that it is no medical device, loads nothing and logs no error', async () => {
    expect(await page.isVisible('text=Not a medical device')).toBe(true);
    expect(requests.filter((url) => !url.startsWith('file:') && !url.startsWith('data:'))).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
