import { initialize, type StateDict } from '@ichor/nn';
import { LABELS } from '@ichor/tables';
import type { SequenceStacker } from '../config/schema.js';
import { unlimited } from '../features/scaling.js';
import { sharesTensors } from '../sequence/answer.js';
import { sequenceNetwork } from '../sequence/network.js';
import { readingTensors } from '../sequence/reading.js';
import { sizeTensors } from '../sequence/size.js';

/**
 * What a fitted fold of a sequence model keeps, with random weights, a scaler that changes nothing, all feature vectors as they
 * are and even shares.
 *
 * @param columns numbers of a slice: six for each input, then the feature vectors
 */
export function untrainedSequence(stacker: SequenceStacker, columns: number): StateDict {
  const even = LABELS.map(() => 0.5);
  return new Map([
    ...initialize(sequenceNetwork(stacker, columns, null), stacker.seed),
    ...readingTensors({ scaler: unlimited(columns), used: stacker.embeddings.map(() => true) }),
    ...sharesTensors({ slices: even, studies: even }),
    ...sizeTensors(stacker),
  ]);
}
