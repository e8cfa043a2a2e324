import type { PixelLayout, StoredArray } from '../pixels/layout.js';
import { badPixels, expectSize } from './bad-pixels.js';
import { samplesToStored } from './samples.js';
import { fetchWasm } from './wasm-file.js';

/** The common interface of the decoders of the cornerstone codec packages. */
interface WasmDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getFrameInfo(): FrameInfo;
  delete(): void;
}

interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned?: boolean;
}

interface WasmModule {
  readonly HEAPU8: Uint8Array;
  readonly makeDecoder: new () => WasmDecoder;
}

export interface WasmCodecOptions {
  /** For messages, e.g. `JPEG-LS`. */
  readonly name: string;
  /** Makes an instance of the module. */
  readonly load: (options: object) => Promise<Record<string, unknown>>;
  /**
   * Address of the `.wasm` file. Only browsers ask for it: in Node the codec package finds its file itself. Written as
   * `new URL('<package>/<entry>', import.meta.url)`, which bundlers turn into the address of a copy.
   */
  readonly file: () => URL;
  /** Name of the decoder class in the module. */
  readonly decoder: string;
}

/** Node runs modules from files. */
const inNode = import.meta.url.startsWith('file:');

/** An instance whose memory grew beyond this is dropped after the frame: WebAssembly memory never shrinks. */
const HEAP_KEPT = 128 * 2 ** 20;
/** Number of failures after which an instance is replaced: each may leak memory of the codec. */
const FAILURES_KEPT = 32;

/**
 * A decoder in WebAssembly. The caller has checked the header of the stream; this class checks the result again.
 *
 * An instance that aborted, failed often or grew large is replaced, so that a bad file does not affect the next one.
 */
export class WasmCodec {
  readonly #options: WasmCodecOptions;
  #module: Promise<WasmModule> | undefined;
  #failures = 0;

  constructor(options: WasmCodecOptions) {
    this.#options = options;
  }

  /** @throws DicomError `dicom/bad-pixels`, `dicom/no-decoder` */
  async decode(stream: Uint8Array, layout: PixelLayout): Promise<StoredArray> {
    this.#module ??= this.#load();
    const own = this.#module;
    const module = await own.catch((cause: unknown) => {
      // The next frame tries again.
      if (this.#module === own) this.#module = undefined;
      throw cause;
    });
    // Synchronous from here on: frames that are decoded "at the same time" cannot disturb each other.
    let keep = true;
    try {
      return this.#decodeWith(module, stream, layout);
    } catch (cause) {
      keep = !isTrap(cause) && ++this.#failures < FAILURES_KEPT;
      throw cause;
    } finally {
      if ((!keep || module.HEAPU8.length > HEAP_KEPT) && this.#module === own) {
        this.#module = undefined;
        this.#failures = 0;
      }
    }
  }

  #decodeWith(module: WasmModule, stream: Uint8Array, layout: PixelLayout): StoredArray {
    const decoder = new module.makeDecoder();
    try {
      decoder.getEncodedBuffer(stream.length).set(stream);
      decoder.decode();
      const info = decoder.getFrameInfo();
      if (info.width === 0) throw badPixels(`the ${this.#options.name} stream cannot be decoded`);
      expectSize(this.#options.name, layout, {
        rows: info.height,
        columns: info.width,
        components: info.componentCount,
        precision: info.bitsPerSample,
      });
      return copyDecoded(decoder.getDecodedBuffer(), info, layout);
    } catch (cause) {
      // C++ exceptions arrive as addresses.
      if (typeof cause === 'number') throw badPixels(`the ${this.#options.name} stream cannot be decoded`);
      throw cause;
    } finally {
      release(decoder);
    }
  }

  async #load(): Promise<WasmModule> {
    const { load, decoder, file, name } = this.#options;
    const silent = () => undefined;
    const own = inNode ? {} : { wasmBinary: await fetchWasm(file(), name) };
    const module = await load({ print: silent, printErr: silent, ...own });
    const { HEAPU8 } = module;
    const makeDecoder = module[decoder];
    if (!(HEAPU8 instanceof Uint8Array) || !isConstructor(makeDecoder)) {
      throw badPixels(`the ${name} codec package has no ${decoder}`);
    }
    return {
      makeDecoder,
      get HEAPU8() {
        return module['HEAPU8'] instanceof Uint8Array ? module['HEAPU8'] : HEAPU8;
      },
    };
  }
}

/** Copies the decoded bytes out of the codec's memory, where they may lie at an odd address and are later freed. */
function copyDecoded(decoded: Uint8Array, info: FrameInfo, layout: PixelLayout): StoredArray {
  const width = info.bitsPerSample <= 8 ? 1 : 2;
  const pixels = layout.rows * layout.columns;
  if (decoded.length < pixels * width) throw badPixels('the decoder returned too few pixels');
  const bytes = new Uint8Array(pixels * width);
  bytes.set(decoded.subarray(0, bytes.length));
  const signed = info.isSigned === true;
  const samples =
    width === 1
      ? signed
        ? new Int8Array(bytes.buffer)
        : bytes
      : signed
        ? new Int16Array(bytes.buffer)
        : new Uint16Array(bytes.buffer);
  return samplesToStored(samples, info.bitsPerSample, signed, layout);
}

function release(decoder: WasmDecoder): void {
  try {
    decoder.delete();
  } catch {
    // After an abort nothing can be released; the instance is dropped as a whole.
  }
}

function isConstructor(value: unknown): value is new () => WasmDecoder {
  return typeof value === 'function';
}

/** Out of bounds, unreachable, abort(): the memory of the instance can be in any state. */
function isTrap(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'RuntimeError';
}
