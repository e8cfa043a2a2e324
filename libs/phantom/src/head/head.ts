import { createCisterns } from './cisterns.js';
import type { Anatomy } from './anatomy.js';
import { createCranium, type CraniumAt } from './cranium.js';
import { createFace, type Face } from './face.js';
import { createVentricles } from './ventricles.js';

/** One head: its anatomy and the functions that say where a point lies. */
export interface Head {
  readonly anatomy: Anatomy;
  readonly cranium: CraniumAt;
  readonly face: (x: number, y: number, z: number) => Face;
  readonly ventricles: (x: number, y: number, z: number) => number;
  readonly cisterns: (x: number, y: number, z: number) => number;
}

export function createHead(anatomy: Anatomy): Head {
  return {
    anatomy,
    cranium: createCranium(anatomy),
    face: createFace(anatomy),
    ventricles: createVentricles(anatomy),
    cisterns: createCisterns(anatomy),
  };
}
