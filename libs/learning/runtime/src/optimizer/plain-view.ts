import { createRequire } from 'node:module';

/** The part that is used of the package koffi. */
interface Koffi {
  address(of: Uint8Array<SharedArrayBuffer>): bigint;
  view(address: bigint, length: number): ArrayBuffer;
}

const require = createRequire(import.meta.url);

/**
 * The memory of a SharedArrayBuffer as an ArrayBuffer, which onnxruntime-node wants (it refuses a tensor on shared memory). The
 * result keeps the shared buffer alive.
 *
 * @returns undefined without the optional package koffi, and where the runtime allows no such view
 */
export function plainView(
  shared: SharedArrayBuffer,
  load: (name: string) => unknown = require,
): ArrayBuffer | undefined {
  try {
    const koffi = load('koffi') as Koffi;
    const bytes = new Uint8Array(shared);
    const view = koffi.view(koffi.address(bytes), bytes.length);
    Object.defineProperty(view, 'owner', { value: shared });
    return isSameMemory(bytes, new Uint8Array(view)) ? view : undefined;
  } catch {
    return undefined;
  }
}

/** Writes to one and reads from the other. */
function isSameMemory(bytes: Uint8Array, view: Uint8Array): boolean {
  if (view.length !== bytes.length) return false;
  return [0, bytes.length - 1].every((place) => {
    const before = bytes[place] ?? 0;
    bytes[place] = before ^ 255;
    const isSeen = view[place] === bytes[place];
    bytes[place] = before;
    return isSeen;
  });
}
