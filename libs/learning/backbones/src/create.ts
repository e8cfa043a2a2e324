import { IchorError } from '@ichor/files';
import { NetworkBuilder, type Network, type ValueId } from '@ichor/nn';
import { backboneIds, type BackboneId } from './description.js';
import { settings } from './descriptions.js';
import { batchNormHead, linearHead } from './heads.js';
import { Layers } from './layers.js';
import { architectures } from './registry.js';

export interface BackboneOptions {
  /** Number of logits. */
  readonly classes: number;
  /** Channels of the image. Default 3. */
  readonly channels?: number;
  /**
   * `linear` (default): global average pool and one linear layer.
   * `bn-fc`: global average pool, batch norm, linear, relu, batch norm, linear, batch norm, linear;
   * the backbone's parameters are then named `model.<name>`.
   */
  readonly head?: 'linear' | 'bn-fc';
  /** Dropout before the classifier of the plain head. Default: as published. */
  readonly dropout?: number;
  /** Drop-connect at the last residual block (EfficientNet only). Default: as published. */
  readonly dropConnect?: number;
  /** Module paths whose outputs are to be outputs of the network too, under those paths. */
  readonly stages?: readonly string[];
}

/**
 * The network `id` as data. Input `image` [N, channels, height, width]; outputs `logits` [N, classes] and
 * `features` [N, F], the vector that the last linear layer sees (in training: before dropout).
 *
 * @throws IchorError `backbones/unknown`, `backbones/option`, `backbones/unknown-stage`
 */
export function createBackbone(id: BackboneId, options: BackboneOptions): Network {
  if (!isBackboneId(id)) throw unknownBackbone(id);
  const { classes, channels = 3, head = 'linear', stages = [] } = options;
  const { dropout = settings[id].dropout, dropConnect = settings[id].dropConnect } = options;
  count(id, 'classes', classes);
  count(id, 'channels', channels);
  rate(id, 'dropout', dropout);
  rate(id, 'dropConnect', dropConnect);

  const { trunk, batchNorm, rectifiedHead } = architectures[id];
  const builder = new NetworkBuilder(id);
  const modules = new Map<string, ValueId>();
  const layers = new Layers({ builder, batchNorm, modules });
  const image = { value: builder.input('image', [channels, null, null]), channels };
  const inner = head === 'linear' ? layers : layers.at('model');
  const map = trunk(inner, image, { dropConnect });
  const { features, logits } =
    head === 'linear'
      ? linearHead(layers, rectifiedHead ? layers.relu(map) : map, {
          classes,
          dropout,
          name: settings[id].classifier,
        })
      : batchNormHead(layers, map, classes);

  builder.output('logits', logits.value);
  builder.output('features', features.value);
  for (const stage of stages) {
    const value = modules.get(stage);
    if (value === undefined) throw unknownStage(id, stage, [...modules.keys()]);
    builder.output(stage, value);
  }
  return builder.build();
}

export function isBackboneId(id: string): id is BackboneId {
  return backboneIds.some((known) => known === id);
}

function unknownBackbone(id: string): IchorError {
  const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const near = backboneIds.find(
    (known) => plain(known).startsWith(plain(id)) || plain(id).startsWith(plain(known)),
  );
  return new IchorError({
    code: 'backbones/unknown',
    reason: `there is no backbone '${id}'`,
    remedy: near === undefined ? `choose one of ${backboneIds.join(', ')}` : `did you mean '${near}'?`,
  });
}

function unknownStage(id: string, stage: string, known: readonly string[]): IchorError {
  const first = stage.split('.')[0] ?? stage;
  const near = known.filter((path) => path.startsWith(first)).slice(0, 5);
  return new IchorError({
    code: 'backbones/unknown-stage',
    reason: `${id} has no module '${stage}'`,
    remedy: `module paths look like ${(near.length > 0 ? near : known.slice(0, 5)).join(', ')}`,
  });
}

function count(id: string, name: string, value: number): void {
  if (Number.isInteger(value) && value > 0) return;
  throw new IchorError({
    code: 'backbones/option',
    reason: `${id}: ${name} must be a whole number above 0, not ${value}`,
  });
}

function rate(id: string, name: string, value: number): void {
  if (value >= 0 && value < 1) return;
  throw new IchorError({
    code: 'backbones/option',
    reason: `${id}: ${name} must be at least 0 and below 1, not ${value}`,
  });
}
