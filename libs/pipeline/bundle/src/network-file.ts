import { baseModelSchema, channelsPerSlice, featureMaps, type BaseModel } from '@ichor/base-model';
import type { OnnxDescription } from '@ichor/nn';
import { LABELS } from '@ichor/tables';
import { damaged } from './error.js';
import { canonical } from './identity.js';

/** The metadata of an ONNX file of a bundle, so that the file can be understood without the bundle. */
export function networkMetadata(settings: BaseModel): Readonly<Record<string, string>> {
  return {
    labels: LABELS.join(','),
    classes: settings.classes,
    windows: JSON.stringify({ policy: settings.windowPolicy, normalization: settings.channelNormalization }),
    imagenet_normalization: String(settings.imagenetNormalization),
    image_size: String(settings.imageSize),
    slices: String(2 * settings.neighbours + 1),
    settings: JSON.stringify(settings),
    notice: 'Not a medical device. For research only.',
  };
}

/**
 * Compares the settings of a manifest with what the ONNX file says: a manifest that was edited, or combined
 * with the file of another network, gives other numbers without any error.
 *
 * @param description of the file at `path`
 * @throws BundleError `bundle/damaged`
 */
export function checkNetworkFile(
  path: string,
  { metadata, inputs, outputs }: OnnxDescription,
  settings: BaseModel,
): void {
  for (const [key, value] of Object.entries(networkMetadata(settings))) {
    if (key === 'settings' || key === 'notice') continue;
    const found = metadata.get(key);
    if (found === value) continue;
    throw damaged(path, `says ${key} ${found ?? '(nothing)'}, and the manifest ${value}`);
  }
  // Bundles made before the settings were written into the file hold the figures above only.
  const own = metadata.get('settings');
  if (own !== undefined && canonical(parsedSettings(path, own)) !== canonical(settings)) {
    throw damaged(path, 'was made with other settings than those of the manifest');
  }
  const channels = channelsPerSlice * (2 * settings.neighbours + 1);
  const [image] = inputs;
  if (inputs.length !== 1 || image?.name !== 'image' || image.shape[1] !== channels) {
    const found = inputs.map(({ name, shape }) => `${name} [${shape.join(', ')}]`).join(', ');
    throw damaged(
      path,
      `takes ${found}, and the settings of the manifest give image with ${channels} channels`,
    );
  }
  for (const name of ['logits', featureMaps]) {
    if (!outputs.some((output) => output.name === name)) throw damaged(path, `has no output ${name}`);
  }
}

function parsedSettings(path: string, text: string): BaseModel {
  try {
    return baseModelSchema.parse(JSON.parse(text));
  } catch {
    throw damaged(path, 'holds settings that cannot be read');
  }
}
