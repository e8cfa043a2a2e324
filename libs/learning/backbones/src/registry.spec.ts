import { elementCount, identityStart, inferShapes, isLearned, type Network } from '@ichor/nn';
import { describe, expect, it } from 'vitest';
import { createBackbone, type BackboneOptions } from './create.js';
import { backbones } from './registry.js';

const learned = (network: Network) =>
  network.parameters.filter(isLearned).reduce((sum, { shape }) => sum + elementCount(shape), 0);

/**
 * Learned numbers of the networks with 1,000 classes, as counted by PyTorch
 * (`sum(p.numel() for p in model.parameters())`) on the published implementations.
 */
const published: Readonly<Record<string, number>> = {
  se_resnext50_32x4d: 27_559_896,
  se_resnext101_32x4d: 48_955_416,
  senet154: 115_088_984,
  inceptionv4: 42_679_816,
  inceptionresnetv2: 55_843_464,
  xception: 22_855_952,
  'efficientnet-b0': 5_288_548,
  'efficientnet-b1': 7_794_184,
  'efficientnet-b2': 9_109_994,
  'efficientnet-b3': 12_233_232,
  'efficientnet-b4': 19_341_616,
  'efficientnet-b5': 30_389_784,
  // By hand, widths from the paper: 928 of the stem, then per block with i channels in, e expanded and o out
  // i e + 2 e + k^2 e + 2 e + e o + 2 o; of the half 76,608 of the expansion of the twelfth block; then head and classifier.
  'efficientnet-lite0-half': 1_450_376,
  'efficientnet-lite0': 4_652_008,
  // By hand: 9,408 + 128 of the first layer; with c channels coming in a dense layer has 130 c + 37,120, c = 64, 96 ... 224, then
  // 128, 160 ... 480; 33,280 of the transition; 1,024 of the last norm; 513,000 of the classifier.
  'densenet121-half': 1_811_560,
  densenet121: 7_978_856,
  densenet169: 14_149_480,
  densenet201: 20_013_928,
};

/**
 * Residual blocks, from the papers: 3+4+6+3, 3+4+23+3, 3+8+36+3 bottlenecks; 10+20+9+1 blocks with two parameters each
 * (weight and bias of a convolution); 12 blocks; MBConv blocks that keep size and channels. The others have none.
 */
const residualEnds: Readonly<Record<string, number>> = {
  se_resnext50_32x4d: 16,
  se_resnext101_32x4d: 33,
  senet154: 50,
  inceptionresnetv2: 80,
  xception: 12,
  'efficientnet-b0': 9,
  'efficientnet-b3': 19,
  // 1 + 1 + 2 + 2 of stages 2 to 5.
  'efficientnet-lite0-half': 6,
  'efficientnet-lite0': 9,
};

describe.each(backbones)('$id', (description) => {
  const { id, features, firstConvolution, classifier, inputSize } = description;
  const create = (options: Partial<BackboneOptions> = {}) => createBackbone(id, { classes: 6, ...options });

  it('has as many parameters as published', () => {
    expect(learned(create({ classes: 1000 }))).toBe(published[id]);
  });

  it('is what its description says', () => {
    const network = create({ channels: 4 });
    const shape = (name: string) => network.parameters.find((parameter) => parameter.name === name)?.shape;
    expect(network.parameters[0]?.name).toBe(`${firstConvolution}.weight`);
    expect(shape(`${firstConvolution}.weight`)?.[1]).toBe(4);
    expect(shape(`${classifier}.weight`)).toEqual([6, features]);
    expect(network.parameters.at(-1)?.name).toBe(`${classifier}.bias`);
    const { file, url, pythonPackage, sha256Prefix } = description.weights;
    expect(file).toContain(sha256Prefix);
    expect(url === undefined ? pythonPackage : url.endsWith(`/${file}`)).toBeTruthy();
    expect(sha256Prefix).toMatch(/^[0-9a-f]{8,9}$/);
  });

  it('can start with every residual block as the identity', () => {
    const expected = residualEnds[id];
    if (expected !== undefined) expect(identityStart(create()).size).toBe(expected + 1);
    else if (!id.startsWith('efficientnet')) expect([...identityStart(create()).keys()]).toHaveLength(1);
    expect(identityStart(create()).has(`${classifier}.weight`)).toBe(true);
  });

  it.each(['linear', 'bn-fc'] as const)('takes images of any size, head %s', (head) => {
    const network = create({ head, classes: 5, channels: 9 });
    for (const size of [inputSize, [97, 131], [160, 75]]) {
      const shapes = inferShapes(network, { image: [2, 9, ...size] });
      expect(shapes.get(network.outputs['logits'] ?? -1)).toEqual([2, 5]);
      expect(shapes.get(network.outputs['features'] ?? -1)).toEqual([2, features]);
    }
  });

  it('puts the backbone under `model` beside the other head', () => {
    const plain = create().parameters.map(({ name }) => name);
    const other = create({ head: 'bn-fc' }).parameters.map(({ name }) => name);
    const trunk = plain.slice(0, -2);
    expect(other.slice(0, trunk.length)).toEqual(trunk.map((name) => `model.${name}`));
    expect(other.slice(-2)).toEqual(['last_linear.weight', 'last_linear.bias']);
  });
});
