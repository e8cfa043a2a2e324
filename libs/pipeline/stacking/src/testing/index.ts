export { sequenceNetwork } from '../sequence/network.js';
export { untrainedSequence } from './untrained-sequence.js';
