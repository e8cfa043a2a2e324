export { madeUpStudies, makeRoot, smallModel } from './made-up-root.js';
export { addSequence, smallSequence } from './made-up-sequence.js';
