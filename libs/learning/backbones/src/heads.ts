import type { Activation, BatchNormSettings, Layers } from './layers.js';

/** PyTorch's defaults; the head uses them with every backbone. */
const headNorm: BatchNormSettings = { eps: 1e-5, momentum: 0.1 };

export interface Head {
  readonly features: Activation;
  readonly logits: Activation;
}

export function linearHead(
  layers: Layers,
  map: Activation,
  options: { readonly classes: number; readonly dropout: number; readonly name: string },
): Head {
  const features = layers.globalPool(map);
  const logits = layers.linear(layers.dropout(features, options.dropout), options.name, options.classes);
  return { features, logits };
}

/** Two hidden layers of the width of the features, normalized before, between and after. */
export function batchNormHead(layers: Layers, map: Activation, classes: number): Head {
  let x = layers.norm(layers.globalPool(map), 'bn1', headNorm);
  x = layers.relu(layers.linear(x, 'fc1', x.channels));
  x = layers.norm(x, 'bn2', headNorm);
  x = layers.linear(x, 'fc2', x.channels);
  const features = layers.norm(x, 'bn3', headNorm);
  return { features, logits: layers.linear(features, 'last_linear', classes) };
}
