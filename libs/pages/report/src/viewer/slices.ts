import { bytesOf, dataOf, present, study } from './page.js';

/** A map over the whole slice, in cells. */
export interface Heat {
  readonly width: number;
  readonly height: number;
  /** The label that it explains. */
  readonly label: string;
  /** Base64 of deflated bytes: 0 to 255 for 0 to 1. */
  readonly values: string;
}

/** What the page says of a slice in `#slice-N`. */
export interface Slice {
  readonly width: number;
  readonly height: number;
  /** See `encodeSlice`. */
  readonly pixels: string;
  /** What lies beyond each edge; absent where the file does not tell. */
  readonly marks?: Readonly<Record<string, string>>;
  /** Across the whole slice. */
  readonly millimetres?: { readonly width: number; readonly height: number };
  readonly heat?: Heat;
  /** Why there is no heat map. */
  readonly noHeat?: string;
}

/** A slice that is ready to be drawn. */
export interface UnpackedSlice extends Slice {
  /** Hounsfield units, rows from top to bottom. */
  readonly values: Int16Array;
  /** 0 to 255. */
  readonly cells: Uint8Array;
}

const unpacked = new Map<number, Promise<UnpackedSlice>>();

/** So many slices stay unpacked, half a megabyte each. */
const mostUnpacked = 100;

export function sliceAt(index: number): Promise<UnpackedSlice> {
  const known = unpacked.get(index) ?? unpack(index);
  unpacked.delete(index);
  unpacked.set(index, known);
  if (unpacked.size > mostUnpacked) unpacked.delete(present(unpacked.keys().next().value));
  return known;
}

async function unpack(index: number): Promise<UnpackedSlice> {
  const slice = dataOf(`#slice-${Math.min(index, study.count - 1)}`) as Slice;
  return {
    ...slice,
    values: undoPrediction(slice, await inflate(slice.pixels)),
    cells: slice.heat ? await inflate(slice.heat.values) : new Uint8Array(),
  };
}

async function inflate(text: string): Promise<Uint8Array> {
  const packed = new Blob([bytesOf(text) as Uint8Array<ArrayBuffer>]).stream();
  const stream = packed.pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Undoes what `encodeSlice` did. */
function undoPrediction({ width, height }: Slice, bytes: Uint8Array): Int16Array {
  const count = width * height;
  const values = new Int16Array(count);
  for (let i = 0; i < count; i++) {
    const zigzag = bytes[i]! | (bytes[count + i]! << 8);
    const difference = zigzag & 1 ? -((zigzag + 1) >> 1) : zigzag >> 1;
    const isFirst = i % width === 0;
    const above = i < width ? 0 : values[i - width]!;
    const left = isFirst ? above : values[i - 1]!;
    const corner = isFirst || i < width ? above : values[i - width - 1]!;
    const high = Math.max(left, above);
    const low = Math.min(left, above);
    const predicted = i < width ? left : corner >= high ? low : corner <= low ? high : left + above - corner;
    values[i] = difference + predicted;
  }
  return values;
}
