import { appendFile, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MetricsLog } from './metrics-log.js';

it('has every step once, whatever was interrupted', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'ichor-metrics-')), 'metrics.jsonl');
  const log = new MetricsLog(path);
  for (const step of [0, 1, 2]) await log.append({ epoch: 0, step, loss: step });
  await log.append({ epoch: 0, validationLoss: 1 });
  for (const step of [0, 1, 2]) await log.append({ epoch: 1, step, loss: step });
  await appendFile(path, '{"epoch":1,"st');

  await log.cutBack(1, 1);
  await log.append({ epoch: 1, step: 1, loss: 1 });

  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    { epoch: 0, step: 0, loss: 0 },
    { epoch: 0, step: 1, loss: 1 },
    { epoch: 0, step: 2, loss: 2 },
    { epoch: 0, validationLoss: 1 },
    { epoch: 1, step: 0, loss: 0 },
    { epoch: 1, step: 1, loss: 1 },
  ]);
});
