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

/** Why the numbers of the study are not the highest points of the curves of its slices, for readers. */
export function studyAndSlices({
  studyScore,
  ensemble,
}: Pick<BundleManifest, 'studyScore' | 'ensemble'>): string {
  return studyScore === 'study-answer' && ensemble.kind === 'stacking'
    ? `Curves, bars and table show single slices; the number of the study is the answer of the sequence model ${ensemble.final} for all of them, calibrated on studies, so that it is not the highest point of a curve.`
    : 'Curves, bars and table show single slices; the number of the study, and the slices in its headline, come from means of three neighbouring slices, calibrated on studies, so that it is not the highest point of a curve.';
}
