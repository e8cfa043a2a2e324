import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { duel } from './duel.js';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-duel-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** Stands for Python with the peers: every variant opens but `without`, and takes a time of its own. */
async function madeUpPeer(without: string): Promise<void> {
  const program = `#!${process.execPath}
    const times = { eager: 40, 'channels-last': 30, compiled: 35, bf16: 5, openvino: 20, 'openvino-int8': 10 };
    let variant;
    require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      variant = JSON.parse(line).variant ?? variant;
      const milliseconds = times[variant];
      const answer =
        variant === '${without}'
          ? { error: "No module named 'nncf'" }
          : { milliseconds, processorMilliseconds: milliseconds, bytes: 2 ** 20, version: variant };
      console.log(JSON.stringify(answer));
    });`;
  const file = join(folder, 'python.cjs');
  await writeFile(file, program, { mode: 0o755 });
  vi.stubEnv('PYTHON', file);
}

const contest = { id: 'efficientnet-b0', mode: 'infer', size: 32, target: 0.8 } as const;
const settings = { rounds: 1, threads: 1, limit: 60 };

describe.skipIf(process.platform === 'win32')('duel (needs scripts that name their interpreter)', () => {
  it('runs OpenVINO in 8 bits in the rounds of the fastest peer in float32', async () => {
    await madeUpPeer('nothing');
    const { peer, peerEightBit, eightBit, leftOut } = await duel(contest, { ...settings, without: [] });
    expect(peer).toMatchObject({ variant: 'openvino', milliseconds: 20 });
    expect(peerEightBit).toMatchObject({ version: 'openvino-int8', milliseconds: 10, processor: 10 });
    expect(eightBit?.milliseconds).toBeGreaterThan(0);
    expect(leftOut).toEqual([]);
  });

  it('says why OpenVINO in 8 bits is not there, and goes on without it', async () => {
    await madeUpPeer('openvino-int8');
    const { peer, peerEightBit, leftOut } = await duel(contest, { ...settings, without: ['int8'] });
    expect(peer.variant).toBe('openvino');
    expect(peerEightBit).toBeUndefined();
    expect(leftOut).toEqual([
      "infer efficientnet-b0 32: openvino-int8 left out: Python: open failed: No module named 'nncf'",
    ]);
  });

  it('leaves out what it is told to leave out, and trains without 8 bits', async () => {
    await madeUpPeer('nothing');
    const without = ['compiled', 'int8', 'openvino-int8'];
    const inference = await duel(contest, { ...settings, without });
    expect(inference.variants.map(({ variant }) => variant)).toEqual([
      'eager',
      'channels-last',
      'openvino',
      'bf16',
    ]);
    expect(inference).not.toHaveProperty('eightBit');
    expect(inference).not.toHaveProperty('peerEightBit');
    const training = await duel({ ...contest, mode: 'train' }, { ...settings, without: [] });
    expect(training.peer.variant).toBe('channels-last');
    expect(training).not.toHaveProperty('peerEightBit');
  });
});
