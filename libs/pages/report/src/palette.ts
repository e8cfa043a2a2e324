/** Labels have a colour each, told apart by most colour-blind readers (after Okabe and Ito 2008), which the theme fixes. */
const labels = new Set(['epidural', 'subdural', 'subarachnoid', 'intraventricular', 'intraparenchymal']);

/** Other series have the colours `--series-0`, `--series-1`... of the theme: with more of them, two would look alike. */
export const mostSeries = 8;

/** The colour of a label, or for other series the next of a cycle. */
export function seriesColor(name: string, index: number): string {
  if (name === 'any') return 'var(--ink)';
  return labels.has(name) ? `var(--${name})` : `var(--series-${index % mostSeries})`;
}
