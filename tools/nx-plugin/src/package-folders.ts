import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The folders of all packages, relative to the workspace, as `workspaces` of package.json lists them: those of apps and
 * tools, and those of libs one floor deeper.
 */
export function packageFolders(
  workspaceRoot: string,
  tops: readonly ('libs' | 'apps' | 'tools')[] = ['libs', 'tools', 'apps'],
): string[] {
  const within = (folder: string) =>
    existsSync(join(workspaceRoot, folder))
      ? readdirSync(join(workspaceRoot, folder), { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map((entry) => `${folder}/${entry.name}`)
          .sort()
      : [];
  return tops
    .flatMap((top) => (top === 'libs' ? within(top).flatMap(within) : within(top)))
    .filter((folder) => existsSync(join(workspaceRoot, folder, 'package.json')));
}

/** What package.json says of an entry point: the compiled file, or its form for each condition. */
type Target = string | { readonly default?: string };

/** An entry point of a package: the name by which it is imported, and the absolute path of its source. */
export interface SourceEntry {
  readonly name: string;
  readonly source: string;
}

/**
 * The sources of the entry points of a package, as the `exports` of its package.json name them: `./dist/X.js` is compiled
 * from `src/X.ts`.
 *
 * @throws Error when an entry point is compiled from a file that does not exist
 */
export function sourceEntries(workspaceRoot: string, folder: string): SourceEntry[] {
  const { name, exports = {} } = JSON.parse(
    readFileSync(join(workspaceRoot, folder, 'package.json'), 'utf8'),
  ) as { name: string; exports?: Readonly<Record<string, Target>> };
  return Object.entries(exports).flatMap(([entry, target]) => {
    const compiled = typeof target === 'string' ? target : (target.default ?? '');
    const path = /^\.\/dist\/(.+)\.js$/.exec(compiled)?.[1];
    if (path === undefined) return [];
    const source = join(workspaceRoot, folder, 'src', `${path}.ts`);
    if (!existsSync(source)) {
      throw new Error(`${folder}/package.json exports ${compiled}, but ${source} does not exist`);
    }
    return [{ name: name + entry.slice(1), source }];
  });
}
