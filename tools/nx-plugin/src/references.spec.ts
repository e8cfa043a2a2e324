import { execFileSync } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const workspace = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

it('tsconfig.json and tsconfig.spec.json list every package', () => {
  // Exits with 1, and so throws with what is missing, when one is not listed.
  const output = execFileSync(process.execPath, ['tools/sync-references.mjs', '--check'], {
    cwd: workspace,
    encoding: 'utf8',
  });
  expect(output).toBe('');
});
