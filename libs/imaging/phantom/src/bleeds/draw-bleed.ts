import type { Vault } from '../head/vault.js';
import type { Random } from '../random.js';
import type { Bleed, BleedKind } from './bleed.js';
import { drawEpidural } from './epidural.js';
import { drawIntraparenchymal } from './intraparenchymal.js';
import { drawIntraventricular } from './intraventricular.js';
import { drawSubarachnoid } from './subarachnoid.js';
import { drawSubdural } from './subdural.js';

/** The head that a bleed is put into. */
export interface Host {
  readonly vault: Vault;
  /** Direction of gravity in head coordinates, unit vector. */
  readonly down: readonly [number, number, number];
}

/** Draws one bleed; `size` scales its extent (1 = as drawn, smaller on follow-up). */
export function drawBleed(kind: BleedKind, random: Random, host: Host, size = 1): Bleed {
  switch (kind) {
    case 'epidural':
      return drawEpidural(random, host.vault, size);
    case 'subdural':
      return drawSubdural(random, host.vault, size);
    case 'intraparenchymal':
      return drawIntraparenchymal(random, size);
    case 'intraventricular':
      return drawIntraventricular(random, host.down, size);
    case 'subarachnoid':
      return drawSubarachnoid(random, size);
  }
}
