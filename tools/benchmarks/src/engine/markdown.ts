import type { Result, SideResult } from './duel.js';

const milliseconds = (value: number) => (value < 100 ? value.toFixed(1) : value.toFixed(0));
const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0);
const seconds = (value: number) => (value / 1000).toFixed(1);
const ratio = (a: number, b: number) => (a / b).toFixed(2);

/** One table a mode: times and their ratio, memory and its ratio, creation time. */
export function table(results: readonly Result[]): string {
  const header = [
    'network',
    'size',
    'Ichor ms',
    'PyTorch ms',
    'ratio',
    'target',
    'ratio of fastest',
    'ratio of processor time',
    'Ichor MB',
    'PyTorch MB',
    'ratio',
    'Ichor start s',
    'PyTorch start s',
  ];
  const rows = results.map(({ id, size, target, ichor, pytorch }) => {
    const compare = (field: keyof SideResult) => ratio(ichor[field], pytorch[field]);
    const met =
      ichor.milliseconds <= target * pytorch.milliseconds && ichor.processor <= target * pytorch.processor;
    return [
      id,
      size,
      milliseconds(ichor.milliseconds),
      milliseconds(pytorch.milliseconds),
      met ? `**${compare('milliseconds')}**` : compare('milliseconds'),
      target.toFixed(2),
      compare('fastest'),
      compare('processor'),
      megabytes(ichor.bytes),
      megabytes(pytorch.bytes),
      compare('bytes'),
      seconds(ichor.creation),
      seconds(pytorch.creation),
    ];
  });
  return [header, header.map((_, i) => (i === 0 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
