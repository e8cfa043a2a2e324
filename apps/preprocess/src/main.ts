#!/usr/bin/env node
import { importBundled } from '@ichor/files/bundled';

const module = new URL('./program.js', import.meta.url);
const { runPreprocess } = await importBundled<typeof import('./program.js')>(module);
await runPreprocess();
