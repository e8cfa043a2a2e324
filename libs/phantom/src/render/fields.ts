import type { BleedKind } from '../bleeds/bleed.js';
import { Field, type Grid } from './field.js';

/** Names of the fields of one slice. Edge units unless said otherwise. */
const NAMES = [
  'skin',
  'outer',
  'inner',
  /** HU of the soft tissue outside the skull. */
  'soft',
  /** HU of the spongy bone. */
  'diploe',
  'faceBone',
  'orbit',
  'globe',
  'lens',
  'nerve',
  'air',
  'brain',
  'white',
  /** Signed distance to the middle of the sulcus, mm, and half its width. */
  'sulcus',
  'sulcusHalf',
  'deepGray',
  'fissure',
  'fissureHalf',
  'falxHalf',
  'tentorium',
  'tentoriumHalf',
  'cistern',
  'ventricle',
  'calcification',
  'oedema',
  /** Share of blood in the cerebrospinal fluid, 0..1. */
  'stain',
  /** Artefacts of beam hardening, HU. */
  'bias',
] as const;

export type FieldName = (typeof NAMES)[number];
export type SolidBleed = Exclude<BleedKind, 'subarachnoid'>;
export const SOLID_BLEEDS: readonly SolidBleed[] = [
  'epidural',
  'intraparenchymal',
  'intraventricular',
  'subdural',
];

export type Fields = Readonly<Record<FieldName, Field>> & {
  readonly bleeds: Readonly<Record<SolidBleed, Field>>;
};

/** Fields hold zero outside the head where zero means "nothing", else FAR. */
const ZERO: ReadonlySet<FieldName> = new Set<FieldName>(['soft', 'diploe', 'stain', 'bias']);
const NEVER: ReadonlySet<FieldName> = new Set<FieldName>([
  'sulcusHalf',
  'fissureHalf',
  'falxHalf',
  'tentoriumHalf',
]);

export function createFields(grid: Grid): Fields {
  const make = () => new Field(grid);
  const entries = NAMES.map((name) => [name, make()] as const);
  const named = Object.fromEntries(entries) as Record<FieldName, Field>;
  return {
    ...named,
    bleeds: { epidural: make(), intraparenchymal: make(), intraventricular: make(), subdural: make() },
  };
}

export function clearFields(fields: Fields): void {
  for (const name of NAMES) {
    fields[name].clear(ZERO.has(name) ? 0 : NEVER.has(name) ? -60 : undefined);
  }
  for (const kind of SOLID_BLEEDS) fields.bleeds[kind].clear();
}

/** What shows in the image by itself; the rest lies in it. */
const OUTER: readonly FieldName[] = [
  'skin',
  'outer',
  'inner',
  'faceBone',
  'orbit',
  'globe',
  'lens',
  'nerve',
  'air',
];

/** The cells of a row of cells that the head touches; `to` is not included, and is `from` where there is none. */
export function outline(fields: Fields, cell: number): { from: number; to: number } {
  let from = Infinity;
  let to = 0;
  for (const name of OUTER) {
    const field = fields[name];
    const start = field.start(cell);
    const end = field.end(cell);
    if (start >= end) continue;
    from = Math.min(from, start);
    to = Math.max(to, end);
  }
  return from < to ? { from, to } : { from: 0, to: 0 };
}
