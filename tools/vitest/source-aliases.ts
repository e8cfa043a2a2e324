import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolders } from '@ichor/nx-plugin/package-folders';

/** An entry of vite's `resolve.alias`. */
export interface SourceAlias {
  readonly find: RegExp;
  readonly replacement: string;
}

/** What package.json says of an entry point: the compiled file, or its form for each condition. */
type Target = string | { readonly default?: string };

/**
 * The source of every entry point of every package, so that a test sees the current source and not what was last
 * compiled. Read from the `exports` of each package.json: `./dist/X.js` is compiled from `src/X.ts`.
 *
 * @param root folder of the workspace
 * @throws Error when an entry point is compiled from a file that does not exist
 */
export function sourceAliases(root: string): SourceAlias[] {
  return packageFolders(root).flatMap((folder) => {
    const { name, exports = {} } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
      name: string;
      exports?: Readonly<Record<string, Target>>;
    };
    return Object.entries(exports).flatMap(([entry, target]) => {
      const compiled = typeof target === 'string' ? target : (target.default ?? '');
      const source = /^\.\/dist\/(.+)\.js$/.exec(compiled)?.[1];
      if (source === undefined) return [];
      const replacement = join(root, folder, 'src', `${source}.ts`);
      if (!existsSync(replacement)) {
        throw new Error(`${folder}/package.json exports ${compiled}, but ${replacement} does not exist`);
      }
      return [{ find: new RegExp(`^${escape(name + entry.slice(1))}$`), replacement }];
    });
  });
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
