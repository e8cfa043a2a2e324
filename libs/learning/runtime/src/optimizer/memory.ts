import { elementCount, type Parameter, type Shape } from '@ichor/nn';
import { createMemory, createSharedMemory, type KernelMemory, type SharedKernelMemory } from '@ichor/wasm';
import { EngineError } from '../error.js';
import { plainView } from './plain-view.js';

/** Parameters start at multiples of a cache line, in floats. */
const ALIGNMENT = 16;

/** From so many parameters on, several threads are worth their start. */
const SHARED_LENGTH = 2 ** 20;

/** More threads than this wait for the memory of the machine. */
const MOST_THREADS = 8;

/** Memory of one thread, or of several. */
export type OptimizerMemory = { readonly own: KernelMemory } | { readonly shared: SharedKernelMemory };

export type Section = 'parameters' | 'gradients' | `moment${number}`;

/**
 * Parameters, gradients and moments of the trained parameters, each as one flat run of floats in one
 * WebAssembly memory: onnxruntime reads and writes there, and the optimizer is one loop.
 */
export class ParameterMemory {
  /** For kernels. */
  readonly memory: OptimizerMemory;
  /** That may run the optimizer. */
  readonly threads: number;
  readonly #offsets = new Map<string, { readonly offset: number; readonly shape: Shape }>();
  readonly #buffer: ArrayBuffer;
  readonly #length: number;
  /** Where the parameters that decay end, in floats. */
  readonly #decayed: number;

  /**
   * @param decays which parameters weight decay acts on: these come first. Default: all
   * @param threads of the optimizer; one for few parameters, and without the optional package koffi
   * @throws EngineError `runtime/memory` beyond 4 GiB, or when the machine has no more
   */
  constructor(
    parameters: readonly Parameter[],
    moments: number,
    decays: (parameter: Parameter) => boolean = () => true,
    threads = 1,
  ) {
    const first = parameters.filter(decays);
    const rest = parameters.filter((parameter) => !decays(parameter));
    let length = 0;
    for (const { name, shape } of [...first, ...rest]) {
      this.#offsets.set(name, { offset: length, shape });
      length += Math.ceil(elementCount(shape) / ALIGNMENT) * ALIGNMENT;
    }
    this.#length = length;
    const [boundary] = rest;
    this.#decayed = boundary === undefined ? length : (this.#offsets.get(boundary.name)?.offset ?? length);
    const bytes = 4 * length * (2 + moments);
    try {
      const shared = threads > 1 && length >= SHARED_LENGTH ? createSharedMemory(bytes) : undefined;
      const view = shared && plainView(shared.buffer);
      if (shared === undefined || view === undefined) {
        const own = createMemory(bytes);
        [this.memory, this.#buffer, this.threads] = [{ own }, own.buffer, 1];
      } else {
        [this.memory, this.#buffer, this.threads] = [{ shared }, view, Math.min(threads, MOST_THREADS)];
      }
    } catch (cause) {
      throw new EngineError({
        code: 'runtime/memory',
        reason: `cannot get ${Math.ceil(bytes / 2 ** 20)} MiB for parameters, gradients and moments`,
        remedy: 'train fewer parameters',
        cause,
      });
    }
  }

  /** Byte addresses of a whole section. */
  range(section: Section): { readonly start: number; readonly end: number } {
    const start = 4 * this.#length * sectionIndex(section);
    return { start, end: start + 4 * this.#length };
  }

  /** Byte offsets, within a section, of the parameters that decay and of those that do not; a part may be missing. */
  parts(): { readonly decays: boolean; readonly from: number; readonly to: number }[] {
    const [boundary, end] = [4 * this.#decayed, 4 * this.#length];
    return [
      { decays: true, from: 0, to: boundary },
      { decays: false, from: boundary, to: end },
    ].filter(({ from, to }) => to > from);
  }

  /** All of a section, gaps (always zero) included. */
  flat(section: Section): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#buffer, this.range(section).start, this.#length);
  }

  /** One parameter's part of a section, in place. */
  view(section: Section, name: string): Float32Array<ArrayBuffer> {
    const place = this.#offsets.get(name);
    if (place === undefined) {
      throw new EngineError({ code: 'runtime/parameter', reason: `"${name}" is not trained` });
    }
    const start = this.range(section).start + 4 * place.offset;
    return new Float32Array(this.#buffer, start, elementCount(place.shape));
  }
}

function sectionIndex(section: Section): number {
  if (section === 'parameters') return 0;
  if (section === 'gradients') return 1;
  return 2 + Number(section.slice('moment'.length));
}
