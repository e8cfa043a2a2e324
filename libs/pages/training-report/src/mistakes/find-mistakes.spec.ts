import { LABELS } from '@ichor/tables';
import { describe, expect, it } from 'vitest';
import { findMistakes } from './find-mistakes.js';

/** Slices a1, a2, b1, b2, c1, c2 of three studies; all labels alike. */
const ids = ['a1', 'a2', 'b1', 'b2', 'c1', 'c2'];
const columns = (values: number[]) => LABELS.map(() => Float64Array.from(values));
const truth = columns([0, 0, 1, 1, 0, 1]);
const studyOf = (id: string) => id[0]!;

const found = (probabilities: number[], count: number) =>
  findMistakes(ids, truth, columns(probabilities), studyOf, count)
    .filter(({ label }) => label === 'subdural')
    .map(({ kind, id }) => `${kind} ${id}`);

describe('findMistakes', () => {
  it('takes the surest wrong answers, one a study', () => {
    // a2 is wrong by more than a1 and replaces it; b1 is wrong by more than b2.
    expect(found([0.8, 0.9, 0.1, 0.2, 0.7, 0.3], 3)).toEqual([
      'false positive a2',
      'false positive c1',
      'false negative b1',
      'false negative c2',
    ]);
    expect(found([0.8, 0.9, 0.1, 0.2, 0.7, 0.3], 1)).toEqual(['false positive a2', 'false negative b1']);
  });

  it('finds nothing where the model beats the frequency of the label, here 0.5', () => {
    expect(found([0.4, 0.3, 0.6, 0.9, 0.5, 0.5], 3)).toEqual([]);
  });

  it('says what the slice is labelled with', () => {
    const mixed = LABELS.map((label) =>
      Float64Array.from([label === 'any' || label === 'epidural' ? 1 : 0, 0]),
    );
    const [first] = findMistakes(['x1', 'y1'], mixed, columns([0.2, 0.1]), studyOf, 1);
    expect(first).toMatchObject({ id: 'x1', label: 'any', truth: ['any', 'epidural'] });
    expect(first?.probabilities).toEqual(LABELS.map(() => 0.2));
  });
});
