/** Of a windowed channel over its slice: 0 at the lower bound of the window, 1 at the upper. NaN without pixels. */
export interface ChannelStatistics {
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

/**
 * What a channel is taken relative to, over the whole slice before it is cropped. `mean`: minus its mean; `minmax`:
 * stretched to 0..1 (a channel of one value becomes 0); `minmax-mean`: stretched, then minus its mean.
 */
export type ChannelNormalization = 'none' | 'mean' | 'minmax' | 'minmax-mean';

export interface Normalization {
  readonly channels: readonly { readonly normalization: ChannelNormalization }[];
  /** Afterwards (x - mean) / std, per channel, repeated when there are more channels. */
  readonly standardize?: ChannelMoments;
}

export interface ChannelMoments {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Mean and standard deviation of the RGB channels of ImageNet in 0..1, as torchvision publishes them. */
export const imagenetStatistics = {
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
} as const satisfies ChannelMoments;

/** x becomes x * gain + offset. */
export interface Scale {
  readonly gain: number;
  readonly offset: number;
}

/** Of a channel: windowed value 0..1 to network input; `border` is what a 0 after the normalization becomes. */
export interface ChannelScale extends Scale {
  readonly border: number;
}

const unchanged: Scale = { gain: 1, offset: 0 };

/**
 * Folds normalization, a change of contrast after it, and standardization into one factor and one addend a channel.
 *
 * @throws RangeError when a channel has no normalization, or the standardization no numbers
 */
export function channelScales(
  { channels, standardize }: Normalization,
  statistics: readonly ChannelStatistics[],
  contrast: Scale = unchanged,
): ChannelScale[] {
  return statistics.map((channel, index) => {
    const kind = channels[index]?.normalization;
    if (kind === undefined) throw new RangeError(`channel ${index} has no normalization`);
    const base = channelScale(channel, kind);
    const { mean, std } = moments(standardize, index);
    return {
      gain: (base.gain * contrast.gain) / std,
      offset: (base.offset * contrast.gain + contrast.offset - mean) / std,
      border: (contrast.offset - mean) / std,
    };
  });
}

function channelScale({ mean, min, max }: ChannelStatistics, kind: ChannelNormalization): Scale {
  if (kind === 'none') return unchanged;
  if (kind === 'mean') return { gain: 1, offset: -mean };
  if (!(max > min)) return { gain: 0, offset: 0 };
  const gain = 1 / (max - min);
  return { gain, offset: -(kind === 'minmax' ? min : mean) * gain };
}

function moments(standardize: ChannelMoments | undefined, channel: number): { mean: number; std: number } {
  if (standardize === undefined) return { mean: 0, std: 1 };
  const mean = standardize.mean[channel % standardize.mean.length];
  const std = standardize.std[channel % standardize.std.length];
  if (mean === undefined || std === undefined)
    throw new RangeError(`no mean and standard deviation for channel ${channel}`);
  return { mean, std };
}
