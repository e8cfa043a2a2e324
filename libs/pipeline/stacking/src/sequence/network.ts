import { NetworkBuilder, type Network, type ValueId } from '@ichor/nn';
import { LABELS } from '@ichor/tables';
import type { SequenceSettings } from './settings.js';

/** The position features of a slice, in addition to the predictions of the networks. */
export const PLACE_COLUMNS = ['place in the series', 'step before', 'step after', 'slices'] as const;

const CLASSES = LABELS.length;

/** The sizes that determine the shape of the network. */
type SequenceShape = Pick<SequenceSettings, 'width' | 'hidden' | 'layers' | 'attention'> &
  Partial<Pick<SequenceSettings, 'dropout' | 'noise' | 'dropSlices'>>;

/** Weights that start at zero: at the first step the answers are those of the networks. */
export const CORRECTIONS = ['slices', 'study.answer'] as const;
/** Linear layers that start as the identity. */
export const CALIBRATIONS = ['networks', 'score'] as const;

/**
 * Reads the slices of a series in both directions and corrects the networks' predictions of each slice and of the study.
 *
 * Input `sequence` [N, T, columns]: the base models' predictions of each slice, scaled. Input `place` [N, T, 4]:
 * {@link PLACE_COLUMNS}. Input `mask` [N, T]. Input `networks` [N, T, 6]: mean logits of the base models. Input `score`
 * [N, 6]: logits of the study by the networks alone, the largest mean of three neighbours.
 *
 * Outputs, all logits: `slices` [N, T, 6]; `study` [N, 6], by attention over the states of the recurrent layers; and
 * `logits` [N, 6 T + 12], what is trained: the slices, the study, and the study by attention over the slices before they
 * are read in order (multiple instances). After the 2nd and the 1st place of the challenge, and i-pan (2026).
 *
 * @param columns of the input
 * @param steps of the padded sequences in training; null for prediction, where any number goes
 */
export function sequenceNetwork(shape: SequenceShape, columns: number, steps: number | null): Network {
  const { width, hidden, layers, attention, dropout = 0, noise = 0, dropSlices = 0 } = shape;
  const b = new NetworkBuilder('sequence');
  const sequence = b.input('sequence', [steps, columns]);
  const place = b.input('place', [steps, PLACE_COLUMNS.length]);
  const mask = b.input('mask', [steps]);
  const networks = b.input('networks', [steps, CLASSES]);
  const score = b.input('score', [CLASSES]);
  const over = (x: ValueId, path: string, inFeatures: number, outFeatures: number) =>
    b.linear(x, path, { inFeatures, outFeatures, sequence: true });

  const seen = b.dropSteps(b.gaussianNoise(sequence, noise), dropSlices);
  const together = b.add(
    over(seen, 'project', columns, width),
    over(place, 'place', PLACE_COLUMNS.length, width),
  );
  const projected = b.layerNorm(b.gelu(together), 'norm', { channels: width });
  let states = projected;
  let features = width;
  for (let layer = 0; layer < layers; layer++) {
    states = b.gru(b.dropout(states, dropout), mask, 'rnn', {
      inFeatures: features,
      hidden,
      bidirectional: true,
      layer,
    });
    features = 2 * hidden;
  }
  const kept = b.dropout(states, dropout);
  const slices = b.add(over(networks, 'networks', CLASSES, CLASSES), over(kept, 'slices', features, CLASSES));
  /** For each class, the mean of the slices' answers, weighted by how much the class looks at each. */
  const attend = (x: ValueId, path: string, inFeatures: number) => {
    const scores = over(
      b.tanh(over(x, `${path}.look`, inFeatures, attention)),
      `${path}.score`,
      attention,
      CLASSES,
    );
    return b.sequenceSum(
      b.mul(b.maskedSoftmax(scores, mask), over(x, `${path}.answer`, inFeatures, CLASSES)),
    );
  };
  const study = b.add(
    b.linear(score, 'score', { inFeatures: CLASSES, outFeatures: CLASSES }),
    attend(kept, 'study', features),
  );
  const instances = attend(projected, 'instances', width);
  b.output('slices', slices);
  b.output('study', study);
  b.output('logits', b.concat([b.flatten(slices), study, instances]));
  return b.build();
}
