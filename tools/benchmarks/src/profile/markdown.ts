import { byOperator, type NodeTime } from './by-operator.js';

interface Profile {
  readonly id: string;
  readonly times: readonly NodeTime[];
}

/** Operators below this share of every network are one row. */
const SHARE = 0.005;

/** Milliseconds and number of nodes by operator, two columns for each network; the longest of all networks first. */
export function operatorTable(profiles: readonly Profile[]): string {
  const networks = profiles.map(({ id, times }) => {
    const operators = byOperator(times);
    return { id, operators, all: operators.reduce((sum, { milliseconds }) => sum + milliseconds, 0) };
  });
  const largest = new Map<string, number>();
  for (const { operators, all } of networks) {
    for (const { operator, milliseconds } of operators) {
      largest.set(operator, Math.max(largest.get(operator) ?? 0, milliseconds / all));
    }
  }
  const names = [...largest].sort(([, a], [, b]) => b - a);
  const shown = names.filter(([, share]) => share >= SHARE).map(([name]) => name);
  const cells = (row: string, has: (operator: string) => boolean) => [
    row,
    ...networks.flatMap(({ operators }) => {
      const chosen = operators.filter(({ operator }) => has(operator));
      const sum = (of: 'milliseconds' | 'nodes') => chosen.reduce((total, one) => total + one[of], 0);
      return [sum('milliseconds').toFixed(1), String(sum('nodes'))];
    }),
  ];
  return markdown([
    ['operator', ...networks.flatMap(({ id }) => [`${id} ms`, 'nodes'])],
    ...shown.map((name) => cells(name, (operator) => operator === name)),
    cells('others', (operator) => !shown.includes(operator)),
    cells('**all**', () => true),
  ]);
}

export function nodeTable(times: readonly NodeTime[], count: number): string {
  const slowest = times.toSorted((a, b) => b.milliseconds - a.milliseconds).slice(0, count);
  return markdown([
    ['ms', 'operator', 'shapes', 'node'],
    ...slowest.map(({ milliseconds, operator, shapes, node }) => [
      milliseconds.toFixed(2),
      operator,
      shapes,
      node,
    ]),
  ]);
}

function markdown([header = [], ...rows]: readonly (readonly string[])[]): string {
  return [header, header.map((_, i) => (i === 0 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
