import type { Dtype } from '../dtype.js';

/** The values that a weight file's pickle may hold: plain containers, numbers, text, and tensors. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleList
  | PickleTuple
  | PickleDict
  | PickleSet
  | PickleCallable
  | StorageReference
  | TensorReference
  | Opaque;

export interface PickleList {
  readonly kind: 'list';
  readonly items: PickleValue[];
}

export interface PickleTuple {
  readonly kind: 'tuple';
  readonly items: readonly PickleValue[];
}

export interface PickleSet {
  readonly kind: 'set';
  readonly items: PickleValue[];
}

export interface PickleDict {
  readonly kind: 'dict';
  readonly entries: Map<PickleValue, PickleValue>;
}

/** A Python name from the list of those that are known; `call` is a function of this package; nothing of the file runs. */
export interface PickleCallable {
  readonly kind: 'callable';
  /** `module.name` */
  readonly name: string;
  call(args: readonly PickleValue[]): PickleValue;
}

/** A part of a storage; the storage is elsewhere in the file. */
export interface StorageReference {
  readonly kind: 'storage';
  readonly key: string;
  readonly dtype: Dtype;
  /** Elements of the whole storage. */
  readonly elements: number;
  /** First element of this view in the storage; 0 except in files of PyTorch before 0.4. */
  readonly viewOffset: number;
  readonly viewElements: number;
}

/** Element (i, j, ...) lies at storage element `offset + i * stride[0] + j * stride[1] + ...`. */
export interface TensorReference {
  readonly kind: 'tensor';
  readonly storage: StorageReference;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
}

/** A known name without a use here, e.g. `torch.float32` or a numpy dtype. */
export interface Opaque {
  readonly kind: 'opaque';
  readonly name: string;
}

export const tuple = (items: readonly PickleValue[]): PickleTuple => ({ kind: 'tuple', items });
export const dict = (): PickleDict => ({ kind: 'dict', entries: new Map() });

type Kinded = Exclude<PickleValue, null | boolean | number | bigint | string | Uint8Array>;

/** Narrows a value to one of the composite kinds. */
export function isKind<Kind extends Kinded['kind']>(
  value: PickleValue | undefined,
  kind: Kind,
): value is Extract<Kinded, { kind: Kind }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}
