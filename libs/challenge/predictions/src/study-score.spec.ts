import { describe, expect, it } from 'vitest';
import { studyScore } from './study-score.js';

describe('studyScore', () => {
  it('is the largest mean of three neighbours, two at the ends', () => {
    expect(studyScore([0, 0.3, 0.6, 0.9, 0])).toBeCloseTo(0.6, 12);
    expect(studyScore([0.8, 0.4, 0])).toBeCloseTo(0.6, 12);
    expect(studyScore([0.7])).toBe(0.7);
    expect(studyScore([])).toBe(0);
  });
});
