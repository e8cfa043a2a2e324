import { describe, expect, it } from 'vitest';
import { PatientBootstrap } from './patient-bootstrap.js';
import { rocAuc } from './roc.js';

describe('PatientBootstrap', () => {
  it('has no spread when there is only one patient', () => {
    const bootstrap = new PatientBootstrap(new Int32Array(6), 50, 1);
    const targets = Float64Array.of(0, 1, 1, 0, 1, 0);
    const scores = Float64Array.of(0.1, 0.4, 0.4, 0.4, 0.9, 0.2);
    const area = rocAuc(targets, scores);
    // Ties at 0.4: by hand (9 pairs, 7 right, 2 tied) 8 / 9.
    expect(area).toBeCloseTo(8 / 9, 12);
    expect(bootstrap.rocAuc(targets, scores, 50)).toEqual([area, area]);
    expect(bootstrap.mean(Float64Array.of(1, 2, 3, 4, 5, 6))).toEqual([3.5, 3.5]);
  });

  it('gives the normal interval of a mean over independent patients', () => {
    // 400 patients of one slice, half 0 and half 1: standard error 0.5 / sqrt(400) = 0.025.
    const patientOf = Int32Array.from({ length: 400 }, (_, i) => i);
    const values = Float64Array.from(patientOf, (i) => i % 2);
    const [low, high] = new PatientBootstrap(patientOf, 2000, 10).mean(values);
    // Quantiles of 2,000 draws are good to about 3 % of the width.
    expect(low).toBeCloseTo(0.5 - 1.96 * 0.025, 2);
    expect(high).toBeCloseTo(0.5 + 1.96 * 0.025, 2);
  });

  it('pairs the areas of two scores', () => {
    const bootstrap = new PatientBootstrap(
      Int32Array.from({ length: 40 }, (_, i) => i),
      200,
      3,
    );
    const targets = Float64Array.from({ length: 40 }, (_, i) => i % 2);
    const scores = Float64Array.from(targets, (target, i) => target + ((i * 7) % 11) / 5);
    // The gain over the same scores, or over scores in the same order, is 0 in every draw.
    expect(bootstrap.rocAucGain(targets, scores, scores, 200)).toEqual([0, 0]);
    expect(
      bootstrap.rocAucGain(
        targets,
        scores,
        scores.map((score) => 3 * score - 1),
        200,
      ),
    ).toEqual([0, 0]);
    // With reversed scores an area a becomes 1 - a.
    const [low, high] = bootstrap.rocAuc(targets, scores, 200);
    const turned = bootstrap.rocAucGain(
      targets,
      scores.map((score) => -score),
      scores,
      200,
    );
    expect(turned[0]).toBeCloseTo(2 * low - 1, 12);
    expect(turned[1]).toBeCloseTo(2 * high - 1, 12);
  });

  it('is wider when the slices of a patient are equal', () => {
    const values = Float64Array.from({ length: 400 }, (_, i) => Math.floor(i / 20) % 2);
    const slices = new PatientBootstrap(Int32Array.from(values.keys()), 500, 1).mean(values);
    const patients = new PatientBootstrap(
      Int32Array.from(values.keys(), (i) => Math.floor(i / 20)),
      500,
      1,
    ).mean(values);
    // 20 slices of one patient carry the information of one: sqrt(20) = 4.5 times the width.
    const ratio = (patients[1] - patients[0]) / (slices[1] - slices[0]);
    expect(ratio).toBeGreaterThan(3.8);
    expect(ratio).toBeLessThan(5.2);
  });

  it('repeats itself with the same seed', () => {
    const patientOf = Int32Array.of(0, 1, 2, 3, 4);
    const values = Float64Array.of(1, 2, 3, 4, 5);
    const interval = new PatientBootstrap(patientOf, 100, 3).mean(values);
    expect(new PatientBootstrap(patientOf, 100, 3).mean(values)).toEqual(interval);
    expect(new PatientBootstrap(patientOf, 100, 4).mean(values)).not.toEqual(interval);
  });
});
