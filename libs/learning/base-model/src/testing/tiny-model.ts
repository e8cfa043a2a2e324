import { NetworkBuilder, type Network } from '@ichor/nn';
import { defineBaseModel } from '../settings/define.js';
import { singleSliceFamily } from '../settings/presets.js';
import type { BaseModel } from '../settings/schema.js';

/** A few thousand parameters and the layers of real networks: batch norm, dropout, pooling, features. */
export function tinyNetwork(classes = 6, channels = 3): Network {
  const builder = new NetworkBuilder('tiny');
  let x = builder.input('image', [channels, null, null]);
  x = builder.conv2d(x, 'conv1', { inChannels: channels, outChannels: 8, kernel: 3, stride: 2, padding: 1 });
  x = builder.relu(builder.batchNorm(x, 'bn1', { channels: 8 }));
  x = builder.conv2d(x, 'conv2', { inChannels: 8, outChannels: 16, kernel: 3, stride: 2, padding: 1 });
  x = builder.relu(builder.batchNorm(x, 'bn2', { channels: 16 }));
  const features = builder.flatten(builder.globalAvgPool(x));
  builder.output('features', features);
  const dropped = builder.dropout(features, 0.1);
  builder.output('logits', builder.linear(dropped, 'last_linear', { inFeatures: 16, outFeatures: classes }));
  return builder.build();
}

/** Settings that train {@link tinyNetwork} in a second. */
export function tinyModel(settings: Partial<BaseModel> = {}): BaseModel {
  return defineBaseModel({
    ...singleSliceFamily,
    name: 'tiny',
    backbone: 'se_resnext50_32x4d',
    imageSize: 16,
    epochs: 2,
    batchSize: 8,
    schedule: { kind: 'multi-step', learningRate: 3e-3, milestones: [1], gamma: 2 / 3 },
    testTime: { kind: 'random', passes: 2 },
    pretrained: 'none',
    ...settings,
  }).model;
}
