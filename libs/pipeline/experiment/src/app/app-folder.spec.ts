import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { appFolder } from './app-folder.js';

let workspace: string;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'ichor-apps-'));
  await mkdir(join(workspace, 'apps', 'xception'), { recursive: true });
  await mkdir(join(workspace, 'below', 'it'), { recursive: true });
  await writeFile(join(workspace, 'apps', 'xception', 'package.json'), '{}');
  vi.spyOn(process, 'cwd').mockReturnValue(join(workspace, 'below', 'it'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(workspace, { recursive: true });
});

it('is that of a name in the workspace around, or any folder', () => {
  expect(appFolder(undefined, ['xception'])).toBe(join(workspace, 'apps', 'xception'));
  expect(appFolder(undefined, ['../my/net'])).toBe('../my/net');
  expect(appFolder(undefined, ['.'])).toBe('.');
  expect(appFolder('apps/xception', [])).toBe('apps/xception');
});

it('is asked for, once, and a name that is not there gets the nearest one', () => {
  expect(() => appFolder(undefined, [])).toThrow(/no model is named/);
  expect(() => appFolder('apps/xception', ['xception'])).toThrow(/both --app apps\/xception and xception/);
  expect(() => appFolder(undefined, ['xceptoin'])).toThrow(/there is no xceptoin .*did you mean xception\?/);
});
