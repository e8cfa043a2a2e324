import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, it, vi } from 'vitest';
import { defineStacker, mlpSettings } from '@ichor/stacking';
import { runStackerPackage } from './program.js';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
});

it('fits its own stacker below --root, and asks for the predictions that it needs', async () => {
  const folder = join(await mkdtemp(join(tmpdir(), 'ichor-stacker-package-')), 'some-stacker');
  await mkdir(join(folder, 'dist'), { recursive: true });
  const app = defineStacker({ ...mlpSettings, configurations: {} });
  await writeFile(join(folder, 'dist', 'config.js'), `export const app = ${JSON.stringify(app)};`);
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ type: 'module', ichor: { kind: 'stacker', inputs: ['xception'] } }),
  );
  let said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  vi.stubEnv('ICHOR_ROOT', '/elsewhere');
  const root = join(folder, 'data');
  const program = pathToFileURL(join(folder, 'dist', 'main.js')).href;
  expect(await runStackerPackage(program, ['train', '--fold', '0', '--root', root])).toBe(1);
  expect(said).toContain(join(root, 'intermediate_output'));
});
