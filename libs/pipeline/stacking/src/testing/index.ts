export { untrainedSequence } from './untrained-sequence.js';
