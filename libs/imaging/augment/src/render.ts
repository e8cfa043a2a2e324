import { IchorError } from '@ichor/files';
import { channelScales, type Normalization, type WindowedSlice } from '@ichor/windowing';
import { resampleBicubic } from './bicubic.js';
import { resampleBilinear } from './bilinear.js';
import type { Augmentation } from './policy.js';
/**
 * Writes an augmented slice as the network reads it: channels x rows x columns of float32, from `start`.
 *
 * The order is that of the original: windows, channel statistics, geometry (pixels outside the slice are 0),
 * brightness and contrast, standardization. All steps except the windows and the geometry are affine. They are combined
 * to one factor and one addend per channel, so that each pixel is processed once.
 *
 * @throws IchorError `augment/shape` when the output is too small or the crop leaves the slice.
 */
export function render(
  image: WindowedSlice,
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
      reason: `expected an output of ${needed} values, received ${output.length}`,
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
      reason: `expected a crop inside of ${image.rows} x ${image.columns}, received ${JSON.stringify(crop)}`,
    });
  }

  const scales = channelScales(normalization, image.statistics, augmentation.contrast);
  if (geometry.interpolation === 'linear') {
    resampleBilinear(image, geometry, scales, output, start);
  } else if (geometry.angle === 0) {
    resampleBicubic(image, geometry, scales, output, start);
  } else {
    throw new IchorError({
      code: 'augment/rotation',
      reason: 'rotation supports only linear interpolation, received cubic',
      remedy: 'set the interpolation to linear or leave the rotation out',
    });
  }
}
