#!/usr/bin/env node
import { runCommand } from '@ichor/cli';
import { submissionCommand } from './command.js';

await runCommand(submissionCommand);
