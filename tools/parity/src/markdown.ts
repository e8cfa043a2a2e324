import { passes, type Measure } from './measure.js';

const columns: readonly (readonly [heading: string, measure: string])[] = [
  ['logits', 'logits'],
  ['stages', 'stages'],
  ['loss', 'loss'],
  ['gradient norms: worst', 'gradient norms'],
  ['median', 'gradient norms (median)'],
  ['running statistics', 'running statistics'],
  ['frozen: logits', 'frozen logits'],
  ['gradient norms: worst', 'frozen gradient norms'],
  ['median', 'frozen gradient norms (median)'],
];

/** One row a fixture: the deviation of each quantity, with its limit where that depends on the fixture. */
export function markdownTable(results: ReadonlyMap<string, readonly Measure[]>): string {
  const rows = [...results].map(([file, measures]) => [
    `${measures.every(passes) ? '' : '**beyond** '}${file}`,
    ...columns.map(([, name]) => {
      const measure = measures.find((candidate) => candidate.name === name);
      if (measure === undefined) return '';
      const found = measure.deviation.toExponential(1);
      return measures.length > 2 && !name.startsWith('frozen')
        ? `${found} of ${measure.limit.toExponential(1)}`
        : found;
    }),
  ]);
  return [['fixture', ...columns.map(([heading]) => heading)], ['---', ...columns.map(() => '---:')], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
