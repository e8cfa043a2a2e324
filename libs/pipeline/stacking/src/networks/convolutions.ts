import { NetworkBuilder, type Network } from '@ichor/nn';
import { LABELS } from '@ichor/tables';

/** Three neighbouring slices as channels; height: the models, width: the features of a model. */
export interface StackInput {
  readonly models: number;
  readonly features: number;
}

/**
 * The network of section 5.2. Each convolution spans several models and one feature, so that features of the same kind
 * are weighed against each other; eight models become one.
 */
export function cnnStacking1({ models, features }: StackInput): Network {
  const builder = new NetworkBuilder('cnn-stacking-1');
  let x = builder.input('x', [3, models, features]);
  const conv = (path: string, inChannels: number, outChannels: number, height: number) =>
    builder.relu(builder.conv2d(x, path, { inChannels, outChannels, kernel: [height, 1] }));
  x = conv('conv1', 3, 8, 4);
  x = conv('conv2', 8, 16, 3);
  x = conv('conv3', 16, 32, 3);
  const height = models - 7;
  x = builder.linear(builder.flatten(x), 'fc1', { inFeatures: 32 * height * features, outFeatures: 1024 });
  x = builder.linear(builder.relu(x), 'fc2', { inFeatures: 1024, outFeatures: LABELS.length });
  builder.output('logits', x);
  return builder.build();
}

/** The network of section 5.3: seven models become one, with batch norm before each layer and dropout. */
export function cnnStacking2({ models, features }: StackInput): Network {
  const builder = new NetworkBuilder('cnn-stacking-2');
  let x = builder.batchNorm(builder.input('x', [3, models, features]), 'bn0', { channels: 3 });
  const conv = (path: string, inChannels: number, outChannels: number) =>
    builder.relu(builder.conv2d(x, path, { inChannels, outChannels, kernel: [3, 1] }));
  x = builder.batchNorm(conv('conv1', 3, 4), 'bn1', { channels: 4 });
  x = builder.batchNorm(conv('conv2', 4, 8), 'bn2', { channels: 8 });
  x = builder.flatten(conv('conv3', 8, 16));
  const flat = 16 * (models - 6) * features;
  x = builder.dropout(builder.batchNorm(x, 'bn3', { channels: flat }), 0.3, 'drop1');
  x = builder.relu(builder.linear(x, 'fc1', { inFeatures: flat, outFeatures: features }));
  x = builder.dropout(builder.batchNorm(x, 'bn4', { channels: features }), 0.3, 'drop2');
  x = builder.linear(x, 'fc2', { inFeatures: features, outFeatures: LABELS.length });
  builder.output('logits', x);
  return builder.build();
}
