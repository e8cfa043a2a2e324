import { present } from '@ichor/files/present';

/** Labels have a colour each, told apart by most colour-blind readers (after Okabe and Ito 2008), which the theme fixes. */
const labels = new Set(['epidural', 'subdural', 'subarachnoid', 'intraventricular', 'intraparenchymal']);

const others = ['#56b4e9', '#e69f00', '#2fc58f', '#f0e442', '#ff7a59', '#cc79a7', '#a6b1c2', '#7f8cff'];

/** The colour of a label, or for other series the next of a cycle. */
export function seriesColor(name: string, index: number): string {
  if (name === 'any') return 'var(--ink)';
  return labels.has(name) ? `var(--${name})` : present(others[index % others.length]);
}
