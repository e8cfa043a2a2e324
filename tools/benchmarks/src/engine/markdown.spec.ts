import { expect, it } from 'vitest';
import type { Result } from './duel.js';
import { table } from './markdown.js';

const MB = 2 ** 20;
const contest = { id: 'xception', mode: 'infer', size: 128, target: 0.8 } as const;
const peer: Result['peer'] = {
  milliseconds: 200,
  fastest: 160,
  processor: 400,
  creation: 500,
  bytes: 300 * MB,
  variant: 'openvino',
  version: '',
};
const peak = { name: '', gigaflops: 500 };
const variants: Result['variants'] = [
  { variant: 'eager', milliseconds: 400, creation: 0, bytes: 500 * MB },
  { variant: 'channels-last', milliseconds: 310, creation: 0, bytes: 1000 * MB },
  { variant: 'compiled', milliseconds: 300, creation: 0, bytes: 2000 * MB },
  { variant: 'openvino', milliseconds: 205, creation: 0, bytes: 300 * MB },
  { variant: 'bf16', milliseconds: 90, creation: 0, bytes: 400 * MB },
];

it('shows ratios of Ichor over the fastest peer and marks met targets', () => {
  const quick = { milliseconds: 100, fastest: 80, processor: 150, creation: 2000, bytes: 1100 * MB };
  const slow = { milliseconds: 300, fastest: 240, processor: 600, creation: 2000, bytes: 2048 * MB };
  const eightBit = { ...quick, milliseconds: 60 };
  const peerEightBit = { ...quick, milliseconds: 50, version: '' };
  const [header, separator, met, missed] = table(
    [
      {
        ...contest,
        ichor: quick,
        preparedBytes: 700 * MB,
        eightBit,
        peer,
        peerEightBit,
        variants,
        leftOut: [],
      },
      { ...contest, ichor: slow, peer, variants, leftOut: [] },
    ],
    peak,
  ).split('\n');
  // 1.48 * 10^9 multiply-adds an image are 23.6 * 10^9 operations a batch: 236 GFLOP/s in 100 ms, of 500.
  // PyTorch's memory is that of channels_last: a tenth slower than compiled at most, and half of its memory.
  expect(met).toBe(
    '| xception | 128 | 100 | 200 | openvino | **0.50** | 0.80 | 0.50 | 0.38 | 0.47 | 0.24 | 400 | 310 | 300 | 205 | 90.0 | 1100 | 1000 | **1.10** | 700 | **0.70** | 2.0 | 0.5 | 60.0 | **0.30** | 50.0 | 1.20 |',
  );
  expect(missed).toBe(
    '| xception | 128 | 300 | 200 | openvino | 1.50 | 0.80 | 1.50 | 1.50 | 0.16 | 0.24 | 400 | 310 | 300 | 205 | 90.0 | 2048 | 1000 | 2.05 |  |  | 2.0 | 0.5 |  |  |  |  |',
  );
  for (const row of [separator, met, missed]) expect(row?.split('|')).toHaveLength(header!.split('|').length);
});
