import { generateCommand } from '@ichor/phantom/commands';
import { underProgram } from '../under-program.js';

export const phantom = underProgram(generateCommand, 'ichor phantom');
