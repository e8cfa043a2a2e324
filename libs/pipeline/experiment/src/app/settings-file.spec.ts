import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { isSettingsFile, readSettingsFile, settingsText } from './settings-file.js';

const schema = z.strictObject({
  epochs: z.number().int().positive(),
  seed: z.number().default(7),
  schedule: z.strictObject({ gamma: z.number() }),
});

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'ichor-settings-'))));
afterEach(() => rm(folder, { recursive: true }));

async function read(text: string, name = 'some.yaml') {
  const file = join(folder, name);
  await writeFile(file, text);
  return readSettingsFile(file, schema);
}

it('reads YAML and JSON, and fills in nothing', async () => {
  expect(await read('epochs: 2 # few\nschedule: { gamma: 0.5 }')).toEqual({
    epochs: 2,
    schedule: { gamma: 0.5 },
  });
  expect(await read('{"epochs": 2}', 'some.json')).toEqual({ epochs: 2 });
  const settings = { epochs: 3, seed: 1, schedule: { gamma: 2 / 3 } };
  expect(await read(settingsText(settings))).toEqual(settings);
});

it.each([
  ['epoch: 2', 'unknown setting epoch; did you mean epochs?'],
  ['schedule: { gamma: 1, gama: 2 }', 'unknown setting schedule.gama'],
  ['epochs: two', 'epochs: Invalid input: expected number, received string'],
  ['epochs: -1', 'epochs: Too small'],
  ['epochs: 1\nepochs: 2', 'is neither YAML nor JSON: Map keys must be unique'],
  ['epochs: [1', 'is neither YAML nor JSON'],
  ['', 'expected object, received null'],
  ['- epochs', 'expected object, received array'],
])('refuses %j', async (text, reason) => {
  const error = {
    code: 'experiment/settings',
    file: join(folder, 'some.yaml'),
    reason: expect.stringContaining(reason),
    remedy: expect.stringContaining('--print-config'),
  };
  await expect(read(text)).rejects.toMatchObject(error);
});

it('refuses a file that is not there, and one that unfolds itself without end', async () => {
  await expect(readSettingsFile(join(folder, 'none.yaml'), schema)).rejects.toMatchObject({
    code: 'experiment/settings',
    reason: 'does not exist',
  });
  // "Billion laughs": nine levels of ten references.
  const levels = Array.from({ length: 9 }, (_, i) =>
    i === 0
      ? 'a0: &a0 [1]'
      : `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
  );
  await expect(read(levels.join('\n'))).rejects.toMatchObject({ code: 'experiment/settings' });
});

it('is told from the name of a configuration by its ending', () => {
  expect(['a.yaml', 'b/c.YML', 'd.json'].map(isSettingsFile)).toEqual([true, true, true]);
  expect(['demo', 'yaml', 'json.txt'].map(isSettingsFile)).toEqual([false, false, false]);
});
