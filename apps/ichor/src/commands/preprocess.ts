import { preprocessCommand } from '@ichor/preprocess/command';
import { underProgram } from '../under-program.js';

export const preprocess = underProgram(preprocessCommand, 'ichor preprocess');
