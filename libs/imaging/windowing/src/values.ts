/** Pixel values of one slice, in any unit that grows with HU. */
export type PixelValues =
  Uint8Array | Int8Array | Uint16Array | Int16Array | Int32Array | Uint32Array | Float32Array | Float64Array;
