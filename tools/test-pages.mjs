/**
 * `npm run test:pages -- PATH...`: looks at HTML pages, or at all below a folder, in a Chromium of this machine: on a desktop, on a
 * phone (dark and light) and on paper. Fails where axe-core objects to something, or where a page is wider than its window.
 * The specs do the same with small pages of every kind.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { launchBrowser, pageFaults } from '@ichor/report/testing';

const paths = process.argv.slice(2);
if (paths.length === 0) {
  console.error('test:pages: give HTML files, or folders of them: npm run test:pages -- output');
  process.exit(1);
}
const files = [];
for (const path of paths) {
  if (!(await stat(path)).isDirectory()) files.push(path);
  else {
    const found = await readdir(path, { recursive: true });
    files.push(...found.filter((name) => name.endsWith('.html')).map((name) => join(path, name)));
  }
}
const browser = await launchBrowser();
let failed = files.length === 0 ? 1 : 0;
for (const file of files) {
  const faults = await pageFaults(browser, file);
  console.log(`${file}: ${faults.length === 0 ? 'nothing to object to' : faults.join('\n  ')}`);
  if (faults.length > 0) failed = 1;
}
await browser.close();
process.exit(failed);
