import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readCheckpoint } from './checkpoint.js';

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

// Oracle: the values that fixtures/make_checkpoints.py saved, written down again. All are exact in float32
// but two of `double`, which are rounded to nearest.
const ramp = Array.from({ length: 24 }, (_, i) => i / 8 - 1);
const expected: Record<string, { shape: number[]; values: number[] }> = {
  weight: { shape: [2, 3, 4], values: ramp },
  transposed: {
    shape: [6, 4],
    values: Array.from({ length: 24 }, (_, i) => ramp[(i % 4) * 6 + Math.floor(i / 4)]!),
  },
  channels_last: { shape: [1, 2, 3, 4], values: ramp },
  first_half: { shape: [5], values: [0, 1, 2, 3, 4] },
  every_other: { shape: [5], values: [1, 3, 5, 7, 9] },
  expanded: { shape: [2, 3], values: [0.5, 0.5, 0.5, -2, -2, -2] },
  half: { shape: [5], values: [0.5, -1.75, 65504, 2 ** -24, Infinity] },
  bfloat16: { shape: [4], values: [0.5, -1.75, 2 ** 120, -0] },
  double: { shape: [3], values: [Math.fround(0.1), -Infinity, 3] },
  long: { shape: [3], values: [0, -1, Math.fround(123456789)] },
  byte: { shape: [2], values: [0, 255] },
  bool: { shape: [2], values: [1, 0] },
  scalar: { shape: [], values: [7.25] },
  empty: { shape: [0, 3], values: [] },
};

describe('readCheckpoint', () => {
  it.each([
    ['state.zip.pth', 'torch-zip'],
    ['state.protocol4.pth', 'torch-zip'],
    ['state.stream.pth', 'torch-stream'],
    ['state.safetensors', 'safetensors'],
  ])('reads every tensor of %s exactly', async (name, format) => {
    const checkpoint = await readCheckpoint(fixture(name));
    expect(checkpoint.format).toBe(format);
    expect([...checkpoint.tensors.keys()].sort()).toEqual(Object.keys(expected).sort());
    for (const [key, { shape, values }] of Object.entries(expected)) {
      const tensor = checkpoint.tensors.get(key);
      expect({ key, shape: tensor?.shape, values: [...(tensor?.data ?? [])] }).toEqual({
        key,
        shape,
        values,
      });
    }
  });

  it.each(['training.zip.pth', 'training.stream.pth'])(
    'finds the state dict in %s next to an optimizer and a numpy scalar, and removes the prefix module.',
    async (name) => {
      const { tensors, under, strippedModule, skipped } = await readCheckpoint(fixture(name));
      expect({ under, strippedModule, skipped }).toEqual({
        under: 'state_dict',
        strippedModule: true,
        // What fixtures/make_checkpoints.py stores next to it.
        skipped: [
          { name: 'epoch', holds: 'number' },
          { name: 'best', holds: 'number' },
          { name: 'size', holds: 'tuple of 2 entries' },
          { name: 'dtype', holds: 'opaque' },
          { name: 'optimizer', holds: 'dict of 2 entries' },
        ],
      });
      expect([...tensors.keys()]).toEqual(['weight', 'half']);
      expect([...(tensors.get('weight')?.data ?? [])]).toEqual(ramp);
    },
  );

  it('reads the state dict of a module, version notes and counters included', async () => {
    const { tensors } = await readCheckpoint(fixture('layer.zip.pth'));
    expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual([
      ['conv.weight', [3, 2, 1, 1]],
      ['conv.bias', [3]],
      ['norm.weight', [3]],
      ['norm.bias', [3]],
      ['norm.running_mean', [3]],
      ['norm.running_var', [3]],
      ['norm.num_batches_tracked', []],
    ]);
  });

  it('gives tensors that share a storage their own memory', async () => {
    const { tensors } = await readCheckpoint(fixture('state.zip.pth'));
    tensors.get('first_half')?.data.fill(99);
    expect(tensors.get('every_other')?.data[0]).toBe(1);
  });

  it('names the entries when it finds no state dict', async () => {
    await expect(readCheckpoint(fixture('training.zip.pth'), { under: 'best' })).rejects.toMatchObject({
      code: 'weights/no-tensors',
    });
    await expect(readCheckpoint(fixture('evil.none'))).rejects.toMatchObject({ code: 'weights/not-found' });
  });

  it('runs nothing: it refuses a function by name and a pickled module', async () => {
    await expect(readCheckpoint(fixture('evil.zip.pth'))).rejects.toMatchObject({
      code: 'weights/pickle-global',
      reason: expect.stringContaining('posix.system'),
    });
    await expect(readCheckpoint(fixture('module.stream.pth'))).rejects.toMatchObject({
      code: 'weights/pickle-global',
      remedy: expect.stringContaining('state_dict'),
    });
  });
});
