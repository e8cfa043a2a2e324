import { expect, it } from 'vitest';
import { bestNetwork, demoSummary, type DemoBoard } from './demo-summary.js';

const model = (name: string, level: number, loss: number, auc: number) => ({
  name,
  level,
  loss,
  lossInterval: [loss - 0.01, loss + 0.01] as [number, number],
  labels: [{ auc }],
  aucInterval: [auc - 0.02, auc + 0.02] as [number, number],
});

const board: DemoBoard = {
  final: 'top',
  slices: 1500,
  patients: 90,
  constantLoss: 0.4,
  testConstantLoss: 0.5,
  models: [
    model('a', 0, 0.3, 0.8),
    model('b', 0, 0.2, 0.9),
    model('c', 0, 0.41, 0.7),
    model('top', 1, 0.1, 0.95),
  ],
  levels: [
    { title: 'Base models', best: 'b', overPrevious: null },
    { title: 'Stackers', best: 'top', overPrevious: { gain: 0.1, interval: [0.05, 0.15] } },
  ],
  test: [{ name: 'top', loss: 0.2, labels: [{ auc: 0.93 }] }],
};

it('finds the network of the lowest loss', () => {
  expect(bestNetwork(board)).toBe('b');
});

it('says what each model reaches, of the label frequencies too, and how many see something', () => {
  const lines = demoSummary(board).split('\n');
  const cells = (name: string) => lines.find((line) => line.startsWith(name))?.split(/\s{2,}/);
  // 0.1 of 0.4, and on the test set 0.2 of 0.5.
  expect(cells('top *')).toEqual([
    ...['top *', '0.1000', '0.090..0.110', '0.25', '0.950', '0.93..0.97'],
    ...['0.2000', '0.40', '0.930'],
  ]);
  expect(cells('a ')?.slice(1, 4)).toEqual(['0.3000', '0.290..0.310', '0.75']);
  // 0.8 and 0.9 reach 0.75; 0.41 is above 0.4.
  expect(lines).toContain(
    '2 of 3 networks reach an AUC of 0.75 for any hemorrhage, 2 of 3 are below the label frequencies.',
  );
  expect(lines).toContain('Stackers: top gains 0.1000 (0.0500..0.1500) of log loss over the level below.');
  // One screen of a terminal.
  expect(lines.length).toBeLessThan(24);
});
