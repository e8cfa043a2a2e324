import { trainCommand } from '@ichor/training/commands';
import { underProgram } from '../under-program.js';

export const train = underProgram(trainCommand, 'ichor train');
