#!/usr/bin/env node
import { runCommand } from '@ichor/cli';
import { ichorCommand } from './ichor.js';

await runCommand(ichorCommand);
