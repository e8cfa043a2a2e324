// Lists every package in the references of tsconfig.json and tsconfig.spec.json. Run after adding a package:
//   node tools/sync-references.mjs          writes both files
//   node tools/sync-references.mjs --check  only says what is missing, exit code 1
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageFolders } from './nx-plugin/dist/package-folders.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const packages = packageFolders(root)
  .filter((path) => existsSync(join(root, path, 'tsconfig.json')))
  .map((path) => `./${path}`);

let differs = false;
for (const name of ['tsconfig.json', 'tsconfig.spec.json']) {
  const file = join(root, name);
  const config = JSON.parse(readFileSync(file, 'utf8'));
  const listed = new Set(config.references.map(({ path }) => path));
  const missing = packages.filter((path) => !listed.has(path));
  const stale = [...listed].filter((path) => !packages.includes(path));
  if (missing.length + stale.length === 0) continue;
  differs = true;
  process.stdout.write(
    `${name}: ${[...missing.map((path) => `${path} is missing`), ...stale.map((path) => `${path} is gone`)].join(', ')}\n`,
  );
  if (!process.argv.includes('--check')) {
    const references = packages.map((path) => ({ path }));
    writeFileSync(file, `${JSON.stringify({ ...config, references }, null, 2)}\n`);
  }
}
if (differs && process.argv.includes('--check')) {
  process.stdout.write('run: node tools/sync-references.mjs\n');
  process.exitCode = 1;
}
