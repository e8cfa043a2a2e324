import { existsSync, readdirSync } from 'node:fs';
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
