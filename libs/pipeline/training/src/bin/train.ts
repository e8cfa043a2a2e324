#!/usr/bin/env node
import { runCommand } from '@ichor/cli';
import { trainCommand } from '../commands/train.js';

await runCommand(trainCommand);
