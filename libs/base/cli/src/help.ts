import { placeholder } from './parse.js';
import type { OptionSpec } from './option.js';

export interface Example {
  readonly command: string;
  /** What the example does, in a few words. */
  readonly does: string;
}

export interface HelpContent {
  readonly name: string;
  readonly summary: string;
  readonly description: string | undefined;
  readonly positionals: PositionalSpec | undefined;
  readonly options: readonly OptionSpec[];
  readonly examples: readonly Example[];
}

export interface PositionalSpec {
  /** As shown in the help, e.g. `FILE`. */
  readonly name: string;
  readonly description: string;
  /** Default 0. */
  readonly min?: number;
  /** Default unbounded. */
  readonly max?: number;
}

/** The text of `--help`: what it does, every option with default and choices, examples to copy. */
export function helpText(content: HelpContent, width = 100): string {
  const { name, summary, description, positionals, options, examples } = content;
  const usage = [name, options.length > 0 ? '[options]' : '', positionalUsage(positionals)]
    .filter((part) => part !== '')
    .join(' ');
  const rows: [string, string][] = [];
  if (positionals !== undefined) rows.push([positionals.name, positionals.description]);
  for (const spec of options) rows.push([optionUsage(spec), optionDescription(spec)]);
  rows.push(['-h, --help', 'Show this text']);
  const sections = [
    ...(summary === '' ? [] : [summary]),
    `Usage: ${usage}`,
    ...(description === undefined ? [] : [wrap(description.replace(/\s+/g, ' ').trim(), width).join('\n')]),
    ['Options:', ...definitionList(rows, width)].join('\n'),
  ];
  if (examples.length > 0) {
    sections.push(['Examples:', ...examples.flatMap((e) => [`  # ${e.does}`, `  ${e.command}`])].join('\n'));
  }
  return sections.join('\n\n');
}

function positionalUsage(spec: PositionalSpec | undefined): string {
  if (spec === undefined) return '';
  const many = (spec.max ?? Infinity) > 1 ? '...' : '';
  return (spec.min ?? 0) > 0 ? `${spec.name}${many}` : `[${spec.name}${many}]`;
}

function optionUsage(spec: OptionSpec): string {
  const short = spec.short === undefined ? '' : `-${spec.short}, `;
  if (spec.kind !== 'flag') return `${short}--${spec.flag} ${placeholder(spec)}`;
  return spec.default === true ? `${short}--no-${spec.flag}` : `${short}--${spec.flag}`;
}

function optionDescription(spec: OptionSpec): string {
  const facts: string[] = [];
  if (spec.required) facts.push('required');
  if (spec.choices !== undefined && spec.choices.length > 4) facts.push(`one of ${spec.choices.join(', ')}`);
  if (spec.default !== undefined && spec.kind !== 'flag') facts.push(`default ${showDefault(spec.default)}`);
  return [spec.description, facts.length > 0 ? `(${facts.join('; ')})` : '']
    .filter((part) => part !== '')
    .join(' ');
}

function showDefault(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}

/** Two columns, the right one wrapped. */
export function definitionList(rows: readonly (readonly [string, string])[], width = 100): string[] {
  const left = Math.min(34, Math.max(...rows.map(([term]) => term.length)));
  return rows.flatMap(([term, meaning]) => {
    const lines = wrap(meaning, width - left - 4);
    const first = `  ${term.padEnd(left)}  ${lines[0] ?? ''}`.trimEnd();
    const rest = lines.slice(1).map((line) => ' '.repeat(left + 4) + line);
    // A long term takes a line of its own, so that the meanings stay in one column.
    return term.length > left
      ? [`  ${term}`, ...lines.map((line) => ' '.repeat(left + 4) + line)]
      : [first, ...rest];
  });
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return line === '' ? lines : [...lines, line];
}
