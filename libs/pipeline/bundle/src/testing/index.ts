export { madeUpStudies, makeRoot, smallModel } from './made-up-root.js';
export { addSequence, smallSequence } from './made-up-sequence.js';
export { addEightBit, littleCost } from './made-up-eight-bit.js';
