import type { Anatomy } from './anatomy.js';
import { Cisterns } from './cisterns.js';
import { Cranium } from './cranium.js';
import { Face } from './face.js';
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

  constructor(anatomy: Anatomy) {
    this.anatomy = anatomy;
    this.vault = new Vault(anatomy);
    this.cranium = new Cranium(anatomy, this.vault);
    this.face = new Face(anatomy);
    this.ventricles = new Ventricles(anatomy);
    this.cisterns = new Cisterns(anatomy);
  }
}
