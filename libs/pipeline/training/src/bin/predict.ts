#!/usr/bin/env node
import { runCommand } from '@ichor/cli';
import { predictCommand } from '../commands/predict.js';

await runCommand(predictCommand);
