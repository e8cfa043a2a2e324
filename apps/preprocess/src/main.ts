#!/usr/bin/env node
import { importBundled } from '@ichor/files/bundled';
import type * as Program from './program.js';

const program = await importBundled<typeof Program>(new URL('./program.js', import.meta.url));
await program.runPreprocess();
