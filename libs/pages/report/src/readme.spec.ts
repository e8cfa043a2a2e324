import { html, lineChart, renderPage } from '@ichor/report';
import { expect, it } from 'vitest';

it('runs the first example of the README', () => {
  const chart = lineChart({
    series: [{ name: 'training', points: [[1, 0.4], [2, 0.2]] }], // prettier-ignore
    x: 'epoch',
    y: 'weighted log loss',
    description: 'learning curve',
  });
  const page = renderPage({
    title: 'Run 7',
    body: html`<h1>Run 7</h1>
      ${chart}`,
  });
  expect(page).toContain('<title>Run 7</title>');
  expect(page).toContain('data-series="training"');
});
