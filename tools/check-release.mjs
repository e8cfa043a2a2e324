/**
 * Refuses to release while the packages name no repository: `npx nx release` runs it before it changes anything, and
 * `npx nx release publish` before it publishes. A published version cannot be withdrawn, and npm gives provenance only to a
 * package that names the repository in which it was built.
 *
 * `node tools/check-release.mjs [WORKSPACE]`. A dry run of Nx (NX_DRY_RUN) is only warned.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageFolders } from './nx-plugin/dist/package-folders.js';

const [root = fileURLToPath(new URL('..', import.meta.url))] = process.argv.slice(2);
const manifestOf = (folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
const { repository } = manifestOf('.');

const wrong = packageFolders(root)
  .map((folder) => ({ folder, manifest: manifestOf(folder) }))
  .filter(({ manifest }) => manifest.private !== true)
  .filter(({ manifest }) => manifest.repository?.url !== repository?.url)
  .map(({ folder }) => `${folder}/package.json`);
const faults = [
  ...(/^git\+https:\/\/\S+\.git$/.test(repository?.url ?? '') && !/\/OWNER\//.test(repository.url)
    ? []
    : [`package.json: repository.url is ${repository?.url ?? 'missing'}, which is no address`]),
  ...(wrong.length === 0 ? [] : [`another repository.url than package.json: ${wrong.join(', ')}`]),
];

if (faults.length > 0) {
  const dry = process.env.NX_DRY_RUN === 'true';
  process.stderr.write(
    [
      dry ? 'A release would be refused:' : 'Not released:',
      ...faults.map((fault) => `  ${fault}`),
      'Set the address of your repository (docs/publishing.md):',
      '  npm pkg set repository.url=git+https://github.com/<you>/<repository>.git',
      '  npm pkg set repository.url=git+https://github.com/<you>/<repository>.git --workspaces',
      '',
    ].join('\n'),
  );
  process.exitCode = dry ? 0 : 1;
}
