import { IchorError } from '@ichor/files';
import { resampleBicubic } from './bicubic.js';
import { resampleBilinear } from './bilinear.js';
import type { Augmentation } from './policy.js';
import type { ChannelStatistics, WindowedImage } from './windowed-image.js';

/**
 * What a channel is taken relative to, over the whole slice before it is cropped. `mean`: minus its mean; `minmax`:
 * stretched to 0..1 (a channel of one value becomes 0); `minmax-mean`: stretched, then minus its mean.
 */
export type ChannelNormalization = 'none' | 'mean' | 'minmax' | 'minmax-mean';

export interface Normalization {
  /** For all channels or for each. */
  readonly channel: ChannelNormalization | readonly ChannelNormalization[];
  /** Afterwards (x - mean) / std, per channel, repeated when there are more channels. */
  readonly standardize?: { readonly mean: readonly number[]; readonly std: readonly number[] };
}

/** Statistics of the ImageNet photographs in RGB, that pretrained weights expect. */
export const imagenetStatistics = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

/**
 * Writes an augmented slice as the network reads it: channels x rows x columns of float32, from `start`.
 *
 * The order is that of the original: windows, channel statistics, geometry (zeros come in from outside),
 * brightness and contrast, standardization. All but the windows and the geometry are affine and become
 * one factor and one addend per channel, so that each pixel is touched once.
 *
 * @throws IchorError `augment/shape` when the output is too small or the crop leaves the slice.
 */
export function render(
  image: WindowedImage,
  augmentation: Augmentation,
  normalization: Normalization,
  output: Float32Array,
  start = 0,
): void {
  const { geometry } = augmentation;
  const { crop } = geometry;
  const needed = start + image.windows.length * geometry.rows * geometry.columns;
  if (output.length < needed) {
    throw new IchorError({
      code: 'augment/shape',
      reason: `an output of ${needed} values expected, received ${output.length}`,
    });
  }
  if (
    crop.top < 0 ||
    crop.left < 0 ||
    crop.rows < 1 ||
    crop.columns < 1 ||
    crop.top + crop.rows > image.rows ||
    crop.left + crop.columns > image.columns
  ) {
    throw new IchorError({
      code: 'augment/shape',
      reason: `a crop inside of ${image.rows} x ${image.columns} expected, received ${JSON.stringify(crop)}`,
    });
  }

  const { contrast } = augmentation;
  const scales = image.statistics.map((statistics, channel) => {
    const { channel: kinds } = normalization;
    const base = channelScale(statistics, typeof kinds === 'string' ? kinds : (kinds[channel] ?? 'none'));
    const { mean, std } = standardization(normalization, channel);
    return {
      gain: (base.gain * contrast.gain) / std,
      offset: (base.offset * contrast.gain + contrast.offset - mean) / std,
      border: (contrast.offset - mean) / std,
    };
  });
  if (geometry.interpolation === 'linear') {
    resampleBilinear(image, geometry, scales, output, start);
  } else if (geometry.angle === 0) {
    resampleBicubic(image, geometry, scales, output, start);
  } else {
    throw new IchorError({
      code: 'augment/rotation',
      reason: 'rotation is linear only, received cubic',
      remedy: 'set the interpolation to linear or leave the rotation out',
    });
  }
}

function channelScale(
  { mean, min, max }: ChannelStatistics,
  kind: ChannelNormalization,
): { gain: number; offset: number } {
  if (kind === 'none') return { gain: 1, offset: 0 };
  if (kind === 'mean') return { gain: 1, offset: -mean };
  if (!(max > min)) return { gain: 0, offset: 0 };
  const gain = 1 / (max - min);
  return { gain, offset: -(kind === 'minmax' ? min : mean) * gain };
}

function standardization(normalization: Normalization, channel: number): { mean: number; std: number } {
  const { standardize } = normalization;
  if (standardize === undefined) return { mean: 0, std: 1 };
  return {
    mean: standardize.mean[channel % standardize.mean.length] ?? 0,
    std: standardize.std[channel % standardize.std.length] ?? 1,
  };
}
