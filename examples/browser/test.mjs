/**
 * Builds the page, opens it in a Chromium of this machine and reads every test file of @ichor/dicom there. The stored values
 * and one number of every package must be those of Node.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseDicom } from '@ichor/dicom';
import { chromium } from 'playwright-core';
import { build, preview, createServer } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const fixtures = new URL('../../libs/imaging/dicom/src/fixtures/', import.meta.url);
const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);
if (executablePath === undefined) throw new Error('no Chromium here; set CHROMIUM to its path');

await build({ root, logLevel: 'warn' });
const server = await preview({ root, preview: { host: '127.0.0.1', port: 0 } });
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  await check(server.resolvedUrls.local[0]);
} finally {
  await browser.close();
  await new Promise((resolve) => server.httpServer.close(resolve));
}

async function check(address) {
  const page = await browser.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.goto(address);
  const text = page.locator('#text');
  const shown = async () => {
    await page.waitForFunction(() => document.querySelector('#text').textContent !== '');
    return JSON.parse(await text.textContent());
  };

  const dev = await createServer({
    root,
    server: { middlewareMode: true },
    appType: 'custom',
    logLevel: 'warn',
  });
  const { selfCheck } = await dev.ssrLoadModule('/src/self-check.ts');
  assert.deepEqual(await shown(), selfCheck());
  await dev.close();

  const index = JSON.parse(readFileSync(new URL('index.json', fixtures), 'utf8'));
  for (const { file } of index) {
    const path = fileURLToPath(new URL(file, fixtures));
    await page.evaluate(() => (document.querySelector('#text').textContent = ''));
    await page.setInputFiles('#file', path);
    const { stored, error } = await shown();
    assert.equal(error, undefined, file);
    assert.deepEqual(stored, [...(await parseDicom(readFileSync(path)).pixels()).data], file);
  }
  assert.deepEqual(problems, []);
  process.stdout.write(
    `${index.length} files and ${Object.keys(selfCheck()).length} numbers are the same in Chromium\n`,
  );
}
