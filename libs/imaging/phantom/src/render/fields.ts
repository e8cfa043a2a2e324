import type { BleedKind } from '../bleeds/bleed.js';
import { FAR, Field, type Grid } from './field.js';

export type SolidBleed = Exclude<BleedKind, 'subarachnoid'>;
export const SOLID_BLEEDS: readonly SolidBleed[] = [
  'epidural',
  'intraparenchymal',
  'intraventricular',
  'subdural',
];

/** Half the thickness of a sheet where there is none, mm. */
const NO_SHEET = -60;

/** The fields of one slice: signed distances in widths of an edge unless said otherwise. */
export class Fields {
  readonly grid: Grid;
  readonly skin: Field;
  readonly outer: Field;
  readonly inner: Field;
  /** HU of the soft tissue outside the skull. */
  readonly soft: Field;
  /** HU of the spongy bone. */
  readonly diploe: Field;
  readonly faceBone: Field;
  readonly orbit: Field;
  readonly globe: Field;
  readonly lens: Field;
  readonly nerve: Field;
  readonly air: Field;
  readonly brain: Field;
  readonly white: Field;
  /** Signed distance to the middle of the sulcus, mm, and half its width. */
  readonly sulcus: Field;
  readonly sulcusHalf: Field;
  readonly deepGray: Field;
  /** Signed distances to the middle, and half widths, of the fissure between the hemispheres, the falx in it, and the tentorium. */
  readonly fissure: Field;
  readonly fissureHalf: Field;
  readonly falxHalf: Field;
  readonly tentorium: Field;
  readonly tentoriumHalf: Field;
  readonly cistern: Field;
  readonly ventricle: Field;
  readonly calcification: Field;
  readonly oedema: Field;
  /** Old infarcts: the scar, and the cyst in it. */
  readonly scar: Field;
  readonly cyst: Field;
  /** Signed distance to the middle of the cut around a flap of bone, mm, and half its width. */
  readonly cut: Field;
  readonly cutHalf: Field;
  /** Fluid under the flap, and the air in it. */
  readonly effusion: Field;
  readonly pneumocephalus: Field;
  /** Venous sinuses, where the variation has them. */
  readonly sinus: Field;
  /** Share of blood in the cerebrospinal fluid, 0..1. */
  readonly stain: Field;
  /** Artefacts of beam hardening, HU. */
  readonly bias: Field;
  readonly bleeds: Readonly<Record<SolidBleed, Field>>;
  /** Parts of the bleeds that have a density of their own. */
  readonly parts: Readonly<Record<SolidBleed, Field>>;
  private readonly distances: readonly Field[];
  private readonly amounts: readonly Field[];
  private readonly halves: readonly Field[];

  constructor(grid: Grid) {
    const make = () => new Field(grid);
    this.grid = grid;
    this.skin = make();
    this.outer = make();
    this.inner = make();
    this.soft = make();
    this.diploe = make();
    this.faceBone = make();
    this.orbit = make();
    this.globe = make();
    this.lens = make();
    this.nerve = make();
    this.air = make();
    this.brain = make();
    this.white = make();
    this.sulcus = make();
    this.sulcusHalf = make();
    this.deepGray = make();
    this.fissure = make();
    this.fissureHalf = make();
    this.falxHalf = make();
    this.tentorium = make();
    this.tentoriumHalf = make();
    this.cistern = make();
    this.ventricle = make();
    this.calcification = make();
    this.oedema = make();
    this.scar = make();
    this.cyst = make();
    this.cut = make();
    this.cutHalf = make();
    this.effusion = make();
    this.pneumocephalus = make();
    this.sinus = make();
    this.stain = make();
    this.bias = make();
    const makeSolid = () => ({
      epidural: make(),
      intraparenchymal: make(),
      intraventricular: make(),
      subdural: make(),
    });
    this.bleeds = makeSolid();
    this.parts = makeSolid();
    this.distances = [
      this.skin,
      this.outer,
      this.inner,
      this.faceBone,
      this.orbit,
      this.globe,
      this.lens,
      this.nerve,
      this.air,
      this.brain,
      this.white,
      this.sulcus,
      this.deepGray,
      this.fissure,
      this.tentorium,
      this.cistern,
      this.ventricle,
      this.calcification,
      this.oedema,
      this.scar,
      this.cyst,
      this.cut,
      this.effusion,
      this.pneumocephalus,
      this.sinus,
      ...SOLID_BLEEDS.flatMap((kind) => [this.bleeds[kind], this.parts[kind]]),
    ];
    this.amounts = [this.soft, this.diploe, this.stain, this.bias];
    this.halves = [this.sulcusHalf, this.fissureHalf, this.falxHalf, this.tentoriumHalf, this.cutHalf];
  }

  clear(): void {
    for (const field of this.distances) field.clear(FAR);
    for (const field of this.amounts) field.clear(0);
    for (const field of this.halves) field.clear(NO_SHEET);
  }
}
