import type { Stacker } from '../config/schema.js';

/** The same stacker under another name, fitted as little as possible: one round of trees, one epoch of a network. */
export function oneRoundOf(stacker: Stacker, name: string): Stacker {
  switch (stacker.kind) {
    case 'lgbm':
      return { ...stacker, name, rounds: 1, earlyStoppingRounds: 1 };
    case 'mlp':
      return { ...stacker, name, epochs: 1, patience: 1 };
    default:
      return { ...stacker, name, epochs: 1 };
  }
}
