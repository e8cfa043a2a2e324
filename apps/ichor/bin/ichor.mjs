#!/usr/bin/env node
// Tracked in git, so that `npx ichor` is there before the first build.
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  console.error('ichor is not built yet; run: npm run build');
  process.exitCode = 2;
}
