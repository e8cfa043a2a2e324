import { expect, it } from 'vitest';
import { learningChart, validationChart } from './learning-chart.js';

const models = Array.from({ length: 10 }, (_, i) => `model-${i}`);
const curves = models.flatMap((model) =>
  [0, 1].map((fold) => ({ model, fold, epochs: [{ training: 2, validation: 1 + fold }] })),
);

it('draws the first eight models, each in a colour of its own, and says how many more there are', () => {
  const chart = validationChart(curves, 'd').text;
  const drawn = [...chart.matchAll(/stroke="([^"]*)"\s+stroke-width="1.8"\s+data-series="([^"]*)"/g)];
  expect(drawn.map(([, , name]) => name)).toEqual(models.slice(0, 8));
  expect(new Set(drawn.map(([, color]) => color)).size).toBe(8);
  expect(chart).toContain('The 8 best networks; 2 more are not drawn.');
});

it('names a model once, with one colour for both of its losses', () => {
  const chart = learningChart(curves.slice(0, 4), 'd').text;
  expect([...chart.matchAll(/<\/i>([^<]*)</g)].map(([, name]) => name)).toEqual(['model-0', 'model-1']);
  expect(chart.match(/data-series="model-\d, training"/g)).toHaveLength(2);
  expect(chart).toContain('Solid: validation, dashed: training.');
  expect(chart).not.toContain('not drawn');
});
