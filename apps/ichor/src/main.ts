#!/usr/bin/env node
import { runCommand } from '@ichor/cli';
import { ichorCommand } from './ichor.js';

// Whoever reads the output may have seen enough: `ichor report --json | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

await runCommand(ichorCommand);
