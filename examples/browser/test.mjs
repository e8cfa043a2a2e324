/**
 * Opens the page in a Chromium of this machine, built and from the server for development, and reads DICOM files there: those of
 * the folder that is given, or the test files of @ichor/dicom. The stored values and one number of every package must be those
 * of Node.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDicom } from '@ichor/dicom';
import { chromium } from 'playwright-core';
import { build, preview, createServer } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const [folder = fileURLToPath(new URL('../../libs/imaging/dicom/src/fixtures/', import.meta.url))] =
  process.argv.slice(2);
const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);
if (executablePath === undefined) throw new Error('no Chromium here; set CHROMIUM to its path');

// The numbers of Node, from the same source.
const scripts = await createServer({
  root,
  server: { middlewareMode: true },
  appType: 'custom',
  logLevel: 'warn',
});
const { selfCheck } = await scripts.ssrLoadModule('/src/self-check.ts');
const numbers = selfCheck();
await scripts.close();

const files = readdirSync(folder).filter((file) => file.endsWith('.dcm'));
assert.ok(files.length > 0, `no .dcm file in ${folder}`);
await build({ root, logLevel: 'warn' });
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const local = { host: '127.0.0.1', port: 0 };
try {
  const built = await preview({ root, preview: local });
  await check(built.resolvedUrls.local[0]);
  await new Promise((resolve) => built.httpServer.close(resolve));
  const development = await createServer({ root, server: { ...local, hmr: false }, logLevel: 'warn' });
  await development.listen();
  await check(development.resolvedUrls.local[0]);
  await development.close();
} finally {
  await browser.close();
}
process.stdout.write(
  `${files.length} files and ${Object.keys(numbers).length} numbers are the same in Chromium, built and in development\n`,
);

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
  assert.deepEqual(await shown(), numbers);
  for (const file of files) {
    const path = join(folder, file);
    await page.evaluate(() => (document.querySelector('#text').textContent = ''));
    await page.setInputFiles('#file', path);
    const { stored, error } = await shown();
    assert.equal(error, undefined, file);
    assert.deepEqual(stored, [...(await parseDicom(readFileSync(path)).pixels()).data], file);
  }
  assert.deepEqual(problems, []);
  await page.close();
}
