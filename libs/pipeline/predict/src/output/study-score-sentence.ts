import type { BundleManifest } from '@ichor/bundle';

/** What the probabilities of a study are, for readers. */
export function studyScoreSentence({
  studyScore,
  ensemble,
}: Pick<BundleManifest, 'studyScore' | 'ensemble'>): string {
  return studyScore === 'study-answer' && ensemble.kind === 'stacking'
    ? `For the study, the answer of the sequence model ${ensemble.final} for all slices together.`
    : 'For the study, the largest mean of three neighbouring slices.';
}
