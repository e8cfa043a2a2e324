#!/usr/bin/env node
import { runCommand } from '@ichor/cli';
import { preprocessCommand } from './command.js';

await runCommand(preprocessCommand);
