import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';

/** CSS pixels between the margins of a sheet of A4: 96 of them are an inch, and the style leaves 12 mm left and right. */
const sheet = (millimetres: number) => Math.floor(((millimetres - 24) / 25.4) * 96);
const portrait = sheet(210);
const landscape = sheet(297);

const ways = [
  { name: 'desktop, dark', width: 1280, colorScheme: 'dark', media: 'screen' },
  { name: 'desktop, light', width: 1280, colorScheme: 'light', media: 'screen' },
  { name: 'phone, dark', width: 390, colorScheme: 'dark', media: 'screen' },
  { name: 'phone, light', width: 390, colorScheme: 'light', media: 'screen' },
  { name: 'print', width: portrait, colorScheme: 'dark', media: 'print' },
] as const;

const isLandscape = `[...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
  .some((rule) => rule instanceof CSSPageRule && rule.style.getPropertyValue('size').includes('landscape'))`;

/**
 * What is wrong with a page on a desktop, on a phone of 390 pixels (each dark and light) and on paper: what axe-core objects to,
 * content wider than the page, and errors of its scripts. Empty when nothing is.
 */
export async function pageFaults(browser: Browser, file: string): Promise<string[]> {
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const faults: string[] = [];
  for (const { name, width, colorScheme, media } of ways) {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const fault = (text: string) => faults.push(`${name}: ${text}`);
    page.on('pageerror', ({ message }) => fault(message));
    page.on('console', (message) => message.type() === 'error' && fault(message.text()));
    await page.emulateMedia({ colorScheme, media });
    await page.goto(pathToFileURL(file).href);
    const wide = media === 'print' && (await page.evaluate<boolean>(isLandscape)) ? landscape : width;
    if (wide !== width) await page.setViewportSize({ width: wide, height: 900 });
    const needed = await page.evaluate<number>('document.documentElement.scrollWidth');
    if (needed > wide) fault(`the content is ${needed} pixels wide, the page ${wide}`);
    await page.evaluate(axe);
    const { violations } = await page.evaluate<AxeResults>('axe.run()');
    for (const { id, help, nodes } of violations) fault(`${id}: ${help}: ${nodes[0]?.html}`);
    await page.close();
  }
  return faults;
}
