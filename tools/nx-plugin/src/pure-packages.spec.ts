import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { packageFolders } from './package-folders.js';

const workspace = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** Entries that run in browsers; `npm run test:browser` runs them in one. */
const pureEntries = [
  '@ichor/dicom',
  '@ichor/files/environment',
  '@ichor/files/error',
  '@ichor/files/present',
  '@ichor/files/printable',
  '@ichor/files/random',
  '@ichor/folds',
  '@ichor/metrics',
  '@ichor/nn',
  '@ichor/wasm',
  '@ichor/windowing',
  '@ichor/windowing/pictures',
];

/** The source of every entry, by the name that imports it. */
const sources = new Map<string, string>();
for (const folder of packageFolders(workspace, ['libs'])) {
  const { name, exports = {} } = JSON.parse(
    readFileSync(join(workspace, folder, 'package.json'), 'utf8'),
  ) as { name: string; exports?: Record<string, { default: string }> };
  for (const [entry, { default: compiled }] of Object.entries(exports)) {
    const source = compiled.replace(/^\.\/dist\/(.*)\.js$/, 'src/$1.ts');
    sources.set(name + entry.slice(1), join(workspace, folder, source));
  }
}

/** Every source file that an entry leads to, with what it imports. */
function graph(entry: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const queue = [sources.get(entry) ?? entry];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (found.has(path)) continue;
    const imports = ts
      .preProcessFile(readFileSync(path, 'utf8'))
      .importedFiles.map(({ fileName }) => fileName);
    found.set(path, imports);
    for (const name of imports) {
      const own = name.startsWith('.')
        ? join(dirname(path), name.replace(/\.js$/, '.ts'))
        : sources.get(name);
      if (own !== undefined) queue.push(own);
    }
  }
  return found;
}

const ofNode = (name: string) => name.startsWith('node:') || builtinModules.includes(name);

const nodeNames = /\b(Buffer|process|__dirname|require)\b/;

/** What only Node has and is used in code: a comment may speak of it, and a property may have its name. */
function globalsOfNode(text: string): string[] {
  if (!nodeNames.test(text)) return [];
  const found: string[] = [];
  let guarded = false;
  const visit = (node: ts.Node): void => {
    if (ts.isTypeOfExpression(node)) guarded ||= ts.isIdentifier(node.expression);
    if (
      ts.isPropertyAccessExpression(node) ||
      ts.isElementAccessExpression(node) ||
      ts.isCallExpression(node) ||
      ts.isNewExpression(node)
    ) {
      const { expression } = node;
      if (ts.isIdentifier(expression) && nodeNames.test(expression.text)) found.push(expression.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('', text, ts.ScriptTarget.Latest));
  return found.filter((name) => !(guarded && name === 'process'));
}

describe.each(pureEntries)('%s', (entry) => {
  it('leads to nothing that only Node has', () => {
    const files = [...graph(entry)];
    expect(files.length).toBeGreaterThan(0);
    const bad = files.flatMap(([path, imports]) => [
      ...imports.filter(ofNode).map((name) => `${path} imports ${name}`),
      ...globalsOfNode(readFileSync(path, 'utf8')).map((name) => `${path} uses ${name}`),
    ]);
    expect(bad).toEqual([]);
  });
});

it('finds what only Node has', () => {
  const bad = [...graph('@ichor/dicom/node')].flatMap(([, imports]) => imports.filter(ofNode));
  expect(bad).toContain('node:fs');
  expect(globalsOfNode('// Buffer\nexport const b = Buffer.alloc(1);')).toEqual(['Buffer']);
});
