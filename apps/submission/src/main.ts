#!/usr/bin/env node
import { runCommand, withRoot } from '@ichor/cli';
import { submissionCommand } from './command.js';

await runCommand(withRoot(submissionCommand));
