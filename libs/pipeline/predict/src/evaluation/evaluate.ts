import { present } from '@ichor/files';
import { brierScore, proportionInterval, rocAuc, rocAucInterval, type Interval } from '@ichor/metrics';
import { LABELS, type Label } from '@ichor/tables';
import type { Results } from './read-results.js';
import type { Truth } from './read-truth.js';

/** So many of so many, with the exact 95 % interval of the share. */
export interface Proportion extends Interval {
  readonly count: number;
  readonly of: number;
  /** `count / of`; null where `of` is 0. */
  readonly value: number | null;
}

export interface LabelEvaluation {
  readonly label: Label;
  /** Studies whose truth is known. */
  readonly positives: number;
  readonly negatives: number;
  /** Area under the ROC curve of studies with its 95 % interval; null where one class is absent. */
  readonly auc: (Interval & { readonly value: number }) | null;
  /** At the threshold of the bundle; null where it has none for this label. */
  readonly sensitivity: Proportion | null;
  readonly specificity: Proportion | null;
  /** Of calibrated probabilities; null without studies. */
  readonly brier: number | null;
}

export interface StudyEvaluation {
  /** Predicted studies with a truth. */
  readonly studies: number;
  /** Predicted studies that the truth says nothing of. */
  readonly withoutTruth: number;
  readonly labels: readonly LabelEvaluation[];
}

/** How well studies were predicted: ranking, decisions at the thresholds, probabilities. */
export function evaluateStudies({ studies }: Results, truth: Truth): StudyEvaluation {
  const known = studies.filter(({ studyInstanceUid }) => truth.studies.has(studyInstanceUid));
  return {
    studies: known.length,
    withoutTruth: studies.length - known.length,
    labels: LABELS.map((label, index) => {
      const cases = known.flatMap(({ studyInstanceUid, calibrated, above }): Case[] => {
        const positive = present(truth.studies.get(studyInstanceUid))[index];
        return positive === undefined
          ? []
          : [{ positive, probability: present(calibrated[index]), above: above[index] }];
      });
      return evaluateLabel(label, cases);
    }),
  };
}

interface Case {
  readonly positive: boolean;
  readonly probability: number;
  readonly above: boolean | undefined;
}

function evaluateLabel(label: Label, cases: readonly Case[]): LabelEvaluation {
  const positives = cases.filter(({ positive }) => positive);
  const negatives = cases.filter(({ positive }) => !positive);
  const targets = cases.map(({ positive }) => (positive ? 1 : 0));
  const probabilities = cases.map(({ probability }) => probability);
  const decided = cases.length > 0 && cases.every(({ above }) => above !== undefined);
  const value = positives.length > 0 && negatives.length > 0 ? rocAuc(targets, probabilities) : undefined;
  return {
    label,
    positives: positives.length,
    negatives: negatives.length,
    auc: value === undefined ? null : { value, ...rocAucInterval(value, positives.length, negatives.length) },
    sensitivity: decided ? share(positives.filter(({ above }) => above).length, positives.length) : null,
    specificity: decided ? share(negatives.filter(({ above }) => !above).length, negatives.length) : null,
    brier: cases.length > 0 ? brierScore(targets, probabilities) : null,
  };
}

function share(count: number, of: number): Proportion {
  return { count, of, value: of === 0 ? null : count / of, ...proportionInterval(count, of) };
}
