import { describe, expect, it } from 'vitest';
import {
  channelScales,
  imagenetStatistics,
  type ChannelNormalization,
  type ChannelScale,
} from './normalization.js';
import { boneWindow, brainWindow, softTissueWindow, subduralWindow, windowBounds } from './window.js';

const statistics = { mean: 0.25, min: 0, max: 0.5 };
const channels = (...kinds: ChannelNormalization[]) => kinds.map((normalization) => ({ normalization }));
const near = (found: ChannelScale | undefined, want: Partial<ChannelScale>) => {
  for (const key of ['gain', 'offset', 'border'] as const) {
    const value = want[key];
    if (value !== undefined) expect(found?.[key], key).toBeCloseTo(value, 12);
  }
};

describe('windowBounds', () => {
  it('takes half the width on either side, rounded down', () => {
    expect([brainWindow, subduralWindow, softTissueWindow, boneWindow].map(windowBounds)).toEqual([
      { low: 0, high: 80 },
      { low: -20, high: 180 },
      { low: -150, high: 230 },
      { low: -800, high: 2000 },
    ]);
    // The reference: c - w // 2 to c + w // 2.
    expect(windowBounds({ center: 40, width: 81 })).toEqual({ low: 0, high: 80 });
  });
});

describe('channelScales', () => {
  it('makes each normalization one factor and one addend', () => {
    const kinds = ['none', 'mean', 'minmax', 'minmax-mean'] as const;
    const scales = channelScales({ channels: channels(...kinds) }, [
      statistics,
      statistics,
      { mean: 0.4, min: 0.2, max: 0.7 },
      { mean: 0.4, min: 0.2, max: 0.7 },
    ]);
    near(scales[0], { gain: 1, offset: 0, border: 0 });
    near(scales[1], { gain: 1, offset: -0.25 });
    // (x - 0.2) / 0.5, and (x - 0.4) / 0.5.
    near(scales[2], { gain: 2, offset: -0.4 });
    near(scales[3], { gain: 2, offset: -0.8 });
  });

  it('puts contrast between normalization and standardization', () => {
    const [scale] = channelScales(
      { channels: channels('mean'), standardize: { mean: [0.5], std: [0.2] } },
      [statistics],
      { gain: 1.5, offset: 0.1 },
    );
    // ((x - 0.25) * 1.5 + 0.1 - 0.5) / 0.2 = 7.5 x - 3.875; outside of the slice (0 * 1.5 + 0.1 - 0.5) / 0.2.
    near(scale, { gain: 7.5, offset: -3.875, border: -2 });
  });

  it('repeats the standardization for the channels of neighbours', () => {
    const six = channels(...Array<ChannelNormalization>(6).fill('none'));
    const scales = channelScales(
      { channels: six, standardize: imagenetStatistics },
      six.map(() => statistics),
    );
    expect(scales.slice(3)).toEqual(scales.slice(0, 3));
    near(scales[4], { gain: 1 / 0.224, offset: -0.456 / 0.224 });
  });

  it('makes a channel of one value zero', () => {
    const flat = { mean: 0.3, min: 0.3, max: 0.3 };
    const [scale] = channelScales({ channels: channels('minmax') }, [flat]);
    near(scale, { gain: 0, offset: 0 });
  });

  it('refuses channels without normalization or standardization', () => {
    expect(() => channelScales({ channels: [] }, [statistics])).toThrow('channel 0 has no normalization');
    const nothing = { mean: [], std: [] };
    expect(() => channelScales({ channels: channels('none'), standardize: nothing }, [statistics])).toThrow(
      'no mean and standard deviation for channel 0',
    );
  });
});
