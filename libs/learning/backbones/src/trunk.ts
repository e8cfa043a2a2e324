import type { Activation, Layers } from './layers.js';

export interface TrunkOptions {
  /** Rate of drop-connect at the last block; earlier ones have proportionally less. */
  readonly dropConnect: number;
}

/** Adds a backbone up to its last feature map, ready to be pooled. */
export type Trunk = (layers: Layers, image: Activation, options: TrunkOptions) => Activation;
