#!/usr/bin/env node
import { runCommand, withRoot } from '@ichor/cli';
import { preprocessCommand } from './command.js';

await runCommand(withRoot(preprocessCommand));
