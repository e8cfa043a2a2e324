/** Memory of a kernel. `buffer` changes when it grows. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** Memory of a fixed size that several threads see. It may be sent to a worker. */
export interface SharedKernelMemory {
  readonly buffer: SharedArrayBuffer;
}

/** The part that is used of a global which Node has, but whose types only the DOM library declares. */
declare const WebAssembly: {
  readonly Memory: {
    new (descriptor: {
      readonly initial: number;
      readonly maximum: number;
      readonly shared: true;
    }): SharedKernelMemory;
    new (descriptor: { readonly initial: number; readonly maximum: number }): KernelMemory;
  };
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory?: KernelMemory | SharedKernelMemory } },
  ) => { readonly exports: unknown };
};

/** Bytes of a page, the unit in which memory grows. */
const page = 65_536;

const modules = new Map<string, object>();

/**
 * Starts a kernel with a new memory, or with the given one.
 *
 * @param binary the module in base64; it is compiled once in each thread
 * @typeParam Exports what the source of the kernel exports; WebAssembly itself knows only functions
 */
export function instantiateKernel<Exports>(
  binary: string,
  memory?: KernelMemory | SharedKernelMemory,
): Exports {
  let module = modules.get(binary);
  if (module === undefined) {
    module = new WebAssembly.Module(Uint8Array.from(atob(binary), (character) => character.charCodeAt(0)));
    modules.set(binary, module);
  }
  const env = memory === undefined ? {} : { memory };
  return new WebAssembly.Instance(module, { env }).exports as Exports;
}

/**
 * A memory of a fixed size, for kernels that are compiled with `--importMemory`.
 *
 * @throws RangeError beyond 4 GiB, or when the machine has not enough memory
 */
export function createMemory(bytes: number): KernelMemory {
  const pages = Math.ceil(bytes / page);
  return new WebAssembly.Memory({ initial: pages, maximum: pages });
}

/**
 * As {@link createMemory}, for kernels that are compiled with `--sharedMemory` as well.
 *
 * @throws RangeError beyond 4 GiB, or when the machine has not enough memory
 */
export function createSharedMemory(bytes: number): SharedKernelMemory {
  const pages = Math.ceil(bytes / page);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}

/** Grows a memory to at least this size. */
export function reserve(memory: KernelMemory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / page));
}
