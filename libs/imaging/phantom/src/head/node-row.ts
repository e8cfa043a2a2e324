/** Some nodes of a row, by column. */
export class NodeList {
  readonly columns: Int16Array;
  count = 0;

  constructor(width: number) {
    this.columns = new Int16Array(width);
  }

  add(column: number): void {
    this.columns[this.count++] = column;
  }
}

/**
 * A row of nodes of the grid over a slice: where they are in head coordinates and how far from what, mm, by column.
 * Structures are worked out one after the other for a whole row: short loops over numbers in arrays are what the
 * compiler does best.
 */
export class NodeRow {
  /** Which row of the grid this is. */
  index = 0;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  /** Nodes that may be of the head. */
  readonly near: NodeList;

  /** Those of them that are not deep inside the vault. */
  readonly rim: NodeList;

  /** Nodes within or close to the skin; what follows is known for them alone. */
  readonly head: NodeList;
  /** Those of them that are not deep in the cavity: skin, bone, and what is close to them. */
  readonly shell: NodeList;
  /** Distance to the skin, and the width of the edges of the skull's surfaces. */
  readonly skin: Float64Array;
  readonly edge: Float64Array;
  /** Distance to the outer and the inner table. */
  readonly outer: Float64Array;
  readonly inner: Float64Array;
  /** Distance to the egg of the vault alone, which goes on below the base of the skull. */
  readonly vault: Float64Array;
  /** Random waves without unit: dents of the vault, unevenness of the bone, its grain, lobes of the brain. */
  readonly dent: Float64Array;
  readonly uneven: Float64Array;
  readonly fine: Float64Array;
  readonly coarse: Float64Array;
  /** What lies between scalp and skull, and in holes of the skull: its share of the tissue, 0..1, and HU. */
  readonly soaked: Float64Array;
  readonly soakedDensity: Float64Array;

  /** Nodes within or close to the cavity of the skull; what follows is known for them alone. */
  readonly cavity: NodeList;
  /** x before bleeds pushed the brain aside, and by how much they did. */
  readonly restX: Float64Array;
  readonly shift: Float64Array;
  readonly ventricle: Float64Array;
  /** How tightly a bleed squeezes folds and cisterns, 0..1. */
  readonly squeeze: Float64Array;
  /** Share of blood in the fluid, 0..1. */
  readonly stain: Float64Array;
  /** Share of the brain that an infarct took, 0..1. */
  readonly loss: Float64Array;

  constructor(width: number) {
    const distances = () => new Float64Array(width);
    this.x = distances();
    this.y = distances();
    this.z = distances();
    this.near = new NodeList(width);
    this.rim = new NodeList(width);
    this.head = new NodeList(width);
    this.shell = new NodeList(width);
    this.skin = distances();
    this.edge = distances();
    this.outer = distances();
    this.inner = distances();
    this.vault = distances();
    this.dent = distances();
    this.uneven = distances();
    this.fine = distances();
    this.coarse = distances();
    this.soaked = distances();
    this.soakedDensity = distances();
    this.cavity = new NodeList(width);
    this.restX = distances();
    this.shift = distances();
    this.ventricle = distances();
    this.squeeze = distances();
    this.stain = distances();
    this.loss = distances();
  }

  clear(index: number): void {
    this.index = index;
    for (const nodes of [this.near, this.rim, this.head, this.shell, this.cavity]) nodes.count = 0;
  }
}
