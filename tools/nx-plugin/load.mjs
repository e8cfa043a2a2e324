// What nx.json names: the plugin is TypeScript and is needed before anything is built, so it is compiled here when it is
// older than its sources.
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const folder = import.meta.dirname;
const time = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const sources = readdirSync(join(folder, 'src'), { recursive: true }).map((name) =>
  join(folder, 'src', name),
);
const newest = Math.max(
  ...['package.json', 'tsconfig.json'].map((name) => time(join(folder, name))),
  ...sources.map(time),
);
const require = createRequire(import.meta.url);
if (newest > time(join(folder, 'dist', 'tsconfig.tsbuildinfo'))) {
  // Not on standard output, which callers may parse as the answer of Nx.
  execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-b', folder], {
    stdio: ['ignore', 2, 2],
  });
}

export const { name, createNodes } = await import('./dist/plugin.js');
