import { stackCommand } from '@ichor/stacking/commands';
import { underProgram } from '../under-program.js';

export const stack = underProgram(stackCommand, 'ichor stack');
