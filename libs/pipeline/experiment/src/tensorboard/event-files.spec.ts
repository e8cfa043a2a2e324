import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { encodeEvent } from './event.js';
import { EventFile, removeEventFiles, scalars } from './event-files.js';
import { frameRecord } from './record.js';

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'ichor-events-')), 'run');
  vi.useFakeTimers({ now: 1_700_000_000_250 });
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(join(folder, '..'), { recursive: true });
});

const time = 1_700_000_000.25;
const summaries = (tag: string, scalar: number) =>
  ({ kind: 'summaries', summaries: [{ tag, scalar }] }) as const;

it('appends records, and begins a new file that withdraws the repeated steps', async () => {
  const first = await EventFile.begin(folder, 1);
  for (const step of [1, 2, 3]) first.add(step, ...scalars({ loss: step }));
  first.add(4);
  expect(await readFile(first.path)).toEqual(
    Buffer.concat([
      frameRecord(encodeEvent(time, 0, { kind: 'version' })),
      ...[1, 2, 3].map((step) => frameRecord(encodeEvent(time, step, summaries('loss', step)))),
    ]),
  );

  // An hour back.
  vi.setSystemTime(1_699_996_400_250);
  const second = await EventFile.begin(folder, 2);
  second.add(2, ...scalars({ loss: 9 }));
  expect([first.continues, second.continues]).toEqual([false, true]);
  // TensorBoard reads them in this order.
  expect((await readdir(folder)).sort()).toEqual([
    'events.out.tfevents.1700000000.ichor.0000',
    'events.out.tfevents.1700000000.ichor.0001',
  ]);
  const earlier = time - 3600;
  expect(await readFile(second.path)).toEqual(
    Buffer.concat([
      frameRecord(encodeEvent(earlier, 0, { kind: 'version' })),
      frameRecord(encodeEvent(earlier, 2, { kind: 'restart' })),
      frameRecord(encodeEvent(earlier, 2, summaries('loss', 9))),
    ]),
  );
});

it('leaves out what is not a number, but no zero', () => {
  expect(scalars({ a: 0, b: NaN, c: null, d: undefined, e: Infinity })).toEqual([
    { tag: 'a', scalar: 0 },
    { tag: 'e', scalar: Infinity },
  ]);
});

it('removes the files of a run, and nothing of others', async () => {
  await removeEventFiles(folder);
  await EventFile.begin(folder, 1);
  await writeFile(join(folder, 'events.out.tfevents.1700000000.host.12.0'), '');
  await removeEventFiles(folder);
  expect(await readdir(folder)).toEqual(['events.out.tfevents.1700000000.host.12.0']);
  await rm(join(folder, 'events.out.tfevents.1700000000.host.12.0'));
  await EventFile.begin(folder, 1);
  await removeEventFiles(folder);
  expect(await readdir(join(folder, '..'))).toEqual([]);
});

it('names the file that cannot be written, and how to continue without it', async () => {
  await writeFile(folder, 'a file');
  await expect(EventFile.begin(join(folder, 'below'), 1)).rejects.toMatchObject({
    message: expect.stringContaining('below') as string,
  });
  const file = await EventFile.begin(join(folder, '..', 'other'), 1);
  await rm(join(folder, '..', 'other'), { recursive: true });
  expect(() => file.add(1, ...scalars({ loss: 1 }))).toThrow('--tensorboard off');
});
