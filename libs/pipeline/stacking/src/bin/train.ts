#!/usr/bin/env node
import { runCommand } from '@ichor/cli';
import { stackCommand } from '../commands/stack.js';

await runCommand(stackCommand);
