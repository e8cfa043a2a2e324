import { describe, expect, it } from 'vitest';
import { areasCsv, labelsCsv, sampleSubmissionCsv } from './labels.js';
import { planCohort } from './plan.js';

const records = [
  { id: 'ID_b', areas: [0, 100, 0, 24.9, 0] },
  { id: 'ID_a', areas: [0, 0, 0, 0, 0] },
];

describe('label files', () => {
  it('hold six rows per slice, any last, sorted by ID', () => {
    expect(labelsCsv(records)).toBe(
      [
        'ID,Label',
        ...[
          'epidural,0',
          'intraparenchymal,0',
          'intraventricular,0',
          'subarachnoid,0',
          'subdural,0',
          'any,0',
        ].map((row) => `ID_a_${row}`),
        ...[
          'epidural,0',
          'intraparenchymal,1',
          'intraventricular,0',
          'subarachnoid,0',
          'subdural,0',
          'any,1',
        ].map((row) => `ID_b_${row}`),
        '',
      ].join('\n'),
    );
  });

  it('repeat a few slices on request, all six rows of each', () => {
    const many = Array.from({ length: 50 }, (_, i) => ({ id: `ID_${100 + i}`, areas: [0, 0, 0, 0, 0] }));
    const rows = labelsCsv(many, 2).trimEnd().split('\n').slice(1);
    expect(rows.length).toBe(52 * 6);
    expect(new Set(rows).size).toBe(50 * 6);
  });

  it('ask for one half everywhere', () => {
    expect(sampleSubmissionCsv(records).split('\n')[1]).toBe('ID_a_epidural,0.5');
    expect(sampleSubmissionCsv(records).split('\n')[12]).toBe('ID_b_any,0.5');
  });

  it('keep the areas', () => {
    expect(areasCsv(records).split('\n')[2]).toBe('ID_b,0.0,100.0,0.0,24.9,0.0');
  });
});

describe('planCohort', () => {
  const plan = planCohort({ seed: 4, patients: 40, testPatients: 10, size: 64, prevalence: 0.5 });

  it('has the asked prevalence and every kind', () => {
    const train = plan.filter(({ set }) => set === 'train');
    expect(train.length).toBe(40);
    expect(train.filter(({ kinds }) => kinds.length > 0).length).toBe(20);
    expect(new Set(train.flatMap(({ kinds }) => kinds)).size).toBe(5);
  });

  it('has patients with several studies', () => {
    expect(plan.some(({ studies }) => studies > 1)).toBe(true);
  });
});
