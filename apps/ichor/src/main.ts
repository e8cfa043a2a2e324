#!/usr/bin/env node
import { runCommand } from '@ichor/cli';
import { ichor } from './ichor.js';

await runCommand(await ichor(process.argv.slice(2)));
