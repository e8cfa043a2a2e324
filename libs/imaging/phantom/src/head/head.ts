import type { Anatomy } from './anatomy.js';
import { Cisterns } from './cisterns.js';
import { Cranium } from './cranium.js';
import { Craniotomy } from './craniotomy.js';
import { createDevices, type Device } from './device.js';
import { Face } from './face.js';
import { Infarcts } from './infarcts.js';
import type { CraniotomyPlan } from './operation.js';
import { Scalp, type Swelling } from './scalp.js';
import { Vault } from './vault.js';
import { Ventricles } from './ventricles.js';

/** One head: its anatomy and the parts that say where a point lies. */
export class Head {
  readonly anatomy: Anatomy;
  readonly vault: Vault;
  readonly cranium: Cranium;
  readonly face: Face;
  readonly ventricles: Ventricles;
  readonly cisterns: Cisterns;
  readonly infarcts: Infarcts | undefined;
  readonly craniotomy: Craniotomy | undefined;
  readonly scalp: Scalp | undefined;
  readonly devices: readonly Device[];

  constructor(anatomy: Anatomy) {
    this.anatomy = anatomy;
    this.vault = new Vault(anatomy);
    const { infarcts, operation, swellings } = anatomy.variation;
    this.infarcts = infarcts && new Infarcts(infarcts, this.vault);
    this.craniotomy = operation?.craniotomy && new Craniotomy(operation.craniotomy, this.vault);
    const swollen = [...swellings, ...swellingOver(operation?.craniotomy)];
    this.scalp = swollen.length > 0 ? new Scalp(swollen, this.vault) : undefined;
    this.cranium = new Cranium(anatomy, this.vault, this);
    this.devices = createDevices(anatomy, this.vault, this.craniotomy);
    this.face = new Face(anatomy);
    this.ventricles = new Ventricles(anatomy);
    this.cisterns = new Cisterns(anatomy);
  }
}

/** The scalp over a fresh flap holds water and a little blood. */
function swellingOver(craniotomy: CraniotomyPlan | undefined): Swelling[] {
  if (craniotomy?.recent === undefined) return [];
  const { azimuth, elevation, radius, recent } = craniotomy;
  const density = recent.density + 15;
  return [{ azimuth, elevation, reach: radius + 15, thickness: recent.swelling, density }];
}
