/** One colour per label, told apart by most colour-blind readers (after Okabe and Ito 2008); `any` is as the text. */
const byLabel: Readonly<Record<string, string>> = {
  any: 'var(--ink)',
  epidural: '#e69f00',
  subdural: '#56b4e9',
  subarachnoid: '#2fc58f',
  intraventricular: '#f0e442',
  intraparenchymal: '#ff7a59',
};

const others = ['#56b4e9', '#e69f00', '#2fc58f', '#f0e442', '#ff7a59', '#cc79a7', '#a6b1c2', '#7f8cff'];

/** The colour of a label, or for other series the next of a cycle. */
export function seriesColor(name: string, index: number): string {
  return byLabel[name] ?? others[index % others.length]!;
}
