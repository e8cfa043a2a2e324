import { WeightsError } from './error.js';

/** ImageNet weights as their authors published them. */
export interface PublishedWeights {
  readonly id: string;
  readonly url: string;
  /** First hex digits of the SHA-256 of the file, part of its name by the convention of torch.hub. */
  readonly sha256Prefix: string;
  /** Classes of its classifier. */
  readonly classes: number;
  readonly licence: string;
  readonly source: string;
  /** From names in the file to names in the network, where the two differ. */
  readonly rename?: (name: string) => string | undefined;
}

const cadene = (file: string, classes = 1000) => ({
  url: `http://data.lip6.fr/cadene/pretrainedmodels/${file}`,
  sha256Prefix: hashInName(file),
  classes,
  licence: 'BSD-3-Clause',
  source: 'https://github.com/Cadene/pretrained-models.pytorch',
});

const efficientNet = (file: string) => ({
  url: `https://github.com/lukemelas/EfficientNet-PyTorch/releases/download/1.0/${file}`,
  sha256Prefix: hashInName(file),
  classes: 1000,
  licence: 'Apache-2.0',
  source: 'https://github.com/lukemelas/EfficientNet-PyTorch',
});

/** Before torch 0.4, layers inside a dense layer were named `norm.1`, which is now `norm1`. */
const denseNetNames = (name: string) =>
  name
    .replace(/^(.*denselayer\d+\.(?:norm|relu|conv))\.(\d\.)/, '$1$2')
    .replace(/^classifier\./, 'last_linear.');

/** The Xception file calls `fc` what the network calls `last_linear`. */
const xceptionNames = (name: string) => name.replace(/^fc\./, 'last_linear.');

const table = {
  se_resnext50_32x4d: cadene('se_resnext50_32x4d-a260b3a4.pth'),
  se_resnext101_32x4d: cadene('se_resnext101_32x4d-3b2fe3d8.pth'),
  senet154: cadene('senet154-c7b49a05.pth'),
  // These two have a class 0 for the background.
  inceptionv4: cadene('inceptionv4-8e4777a0.pth', 1001),
  inceptionresnetv2: cadene('inceptionresnetv2-520b38e4.pth', 1001),
  xception: { ...cadene('xception-43020ad28.pth'), rename: xceptionNames },
  densenet121: { ...cadene('densenet121-fbdb23505.pth'), rename: denseNetNames },
  densenet169: { ...cadene('densenet169-f470b90a4.pth'), rename: denseNetNames },
  densenet201: { ...cadene('densenet201-5750cbb1e.pth'), rename: denseNetNames },
  'efficientnet-b0': efficientNet('efficientnet-b0-355c32eb.pth'),
  'efficientnet-b1': efficientNet('efficientnet-b1-f1951068.pth'),
  'efficientnet-b2': efficientNet('efficientnet-b2-8bb594d6.pth'),
  'efficientnet-b3': efficientNet('efficientnet-b3-5fb5a3c3.pth'),
  'efficientnet-b4': efficientNet('efficientnet-b4-6ed6700e.pth'),
  'efficientnet-b5': efficientNet('efficientnet-b5-b6417697.pth'),
} as const satisfies Record<string, Omit<PublishedWeights, 'id'>>;

export const publishedIds: readonly string[] = Object.keys(table);

/** @throws WeightsError `weights/unknown-name`, with the names that are known */
export function describePublished(id: string): PublishedWeights {
  const entry: Omit<PublishedWeights, 'id'> | undefined = new Map(Object.entries(table)).get(id);
  if (entry === undefined) {
    throw new WeightsError({
      code: 'weights/unknown-name',
      reason: `there are no published weights named ${id}`,
      remedy: `known: ${publishedIds.join(', ')}; or give the path of a file`,
    });
  }
  return { id, ...entry };
}

/** `name-<hex>.ext`: the part between the last dash and the dot. */
function hashInName(file: string): string {
  return file.slice(file.lastIndexOf('-') + 1, file.lastIndexOf('.'));
}
