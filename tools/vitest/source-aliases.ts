import { packageFolders, sourceEntries } from '@ichor/nx-plugin/package-folders';

/** An entry of vite's `resolve.alias`. */
export interface SourceAlias {
  readonly find: RegExp;
  readonly replacement: string;
}

/**
 * The source of every entry point of every package, so that a test sees the current source and not what was last
 * compiled.
 *
 * @param root folder of the workspace
 * @throws Error when an entry point is compiled from a file that does not exist
 */
export function sourceAliases(root: string): SourceAlias[] {
  return packageFolders(root)
    .flatMap((folder) => sourceEntries(root, folder))
    .map(({ name, source }) => ({ find: new RegExp(`^${escape(name)}$`), replacement: source }));
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
