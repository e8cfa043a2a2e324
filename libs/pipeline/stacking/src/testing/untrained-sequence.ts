import { initialize, type StateDict } from '@ichor/nn';
import { LABELS } from '@ichor/tables';
import type { SequenceStacker } from '../config/schema.js';
import { scalerTensors, unlimited } from '../features/scaling.js';
import { sharesTensor } from '../sequence/answer.js';
import { sequenceNetwork } from '../sequence/network.js';

/**
 * What a fitted fold of a sequence model keeps, with random weights, a scaler that changes nothing and even shares.
 *
 * @param columns numbers of a slice: six for each input, then the feature vectors
 */
export function untrainedSequence(stacker: SequenceStacker, columns: number): StateDict {
  return new Map([
    ...initialize(sequenceNetwork(stacker, columns, null), stacker.seed),
    ...scalerTensors(unlimited(columns)),
    sharesTensor(LABELS.map(() => 0.5)),
  ]);
}
