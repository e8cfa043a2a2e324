import { readFileSync } from 'node:fs';

/** The modules of the viewer, each after those that it imports. */
const modules = [
  'page',
  'slices',
  'paint',
  'zoom',
  'announce',
  'show',
  'hounsfield',
  'gestures',
  'controls',
  'navigation',
  'start',
];

/** They are built into a folder next to the library; the path is the same from `src` and `dist`. */
const source = (name: string) =>
  readFileSync(new URL(`../../dist/viewer/${name}.js`, import.meta.url), 'utf8');

/**
 * The viewer as one script: a page that may load nothing cannot import modules. So the modules share one scope, in which
 * each name stands for one thing.
 */
export function viewerScript(): string {
  const script = modules.map((name) => withoutModuleSyntax(source(name))).join('\n');
  if (/^(import|export)\b/m.test(script)) throw new Error('the viewer has a statement that cannot be linked');
  return script;
}

function withoutModuleSyntax(text: string): string {
  return text
    .replace(/^import .*;$/gm, '')
    .replace(/^export \{\};$/gm, '')
    .replace(/^export (?=(const|let|async|function|class)\b)/gm, '');
}
