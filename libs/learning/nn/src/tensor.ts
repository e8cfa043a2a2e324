/** Sizes of each dimension, outermost first (C order). */
export type Shape = readonly number[];

/** A dense float32 tensor in C order. */
export interface Tensor {
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** Named tensors: the state of a network, keyed as in a PyTorch state dict. */
export type StateDict = ReadonlyMap<string, Tensor>;

export function elementCount(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}
