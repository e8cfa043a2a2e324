import { EngineError } from '../../error.js';
import { openCApi, type CApi, type Pointer } from './c-api.js';
import type { ReleaseFunction } from './functions.js';
import { checkTensor, readPorts, type NativePort, type NativeTensor, type Side } from './ports.js';

export interface NativeSessionOptions {
  /** Of one operator. */
  readonly threads: number;
  /** File of a library of operators; it is code that runs in this process. */
  readonly library?: string | undefined;
  /** Default: `all` */
  readonly optimization?: 'basic' | 'all';
  /** As of the engine's options. */
  readonly profile?: string | undefined;
}

export type NativeTensors = Readonly<Record<string, NativeTensor>>;

/** Constants of the C API. */
/** Errors become exceptions: they are not printed too. */
const FATAL = 4;
const OPTIMIZATION = { basic: 1, all: 99 } as const;
const ARENA_ALLOCATOR = 1;
const DEFAULT_MEMORY = 0;

const ENVIRONMENT = 'ichor';

/**
 * Opens a model for training on the CPU, through the C API of onnxruntime. The event loop goes on meanwhile.
 *
 * @param model without data in other files
 * @param api others than the default are for tests
 * @throws EngineError `runtime/not-installed`; `runtime/operators` without koffi and for a library that does not load; `runtime/run` for
 *   a model that onnxruntime refuses. Nothing is left of a session that is not made.
 */
export async function createNativeSession(
  model: Uint8Array,
  options: NativeSessionOptions,
  api: CApi = openCApi(),
): Promise<NativeSession> {
  const held = new Held(api);
  const settings = new Held(api);
  try {
    const environment = held.add('releaseEnv', api.create('createEnv', FATAL, ENVIRONMENT));
    const chosen = settings.add('releaseSessionOptions', api.create('createSessionOptions'));
    setOptions(api, chosen, options);
    // onnxruntime copies what it keeps of the model.
    const out = new BigUint64Array(new ArrayBuffer(8));
    await api.callInThread(
      'createSession',
      [environment, api.address(model), model.byteLength, chosen, api.address(out)],
      [model, out],
    );
    const session = held.add('releaseSession', out[0]!);
    const memory = held.add(
      'releaseMemoryInfo',
      api.create('createMemoryInfo', ARENA_ALLOCATOR, DEFAULT_MEMORY),
    );
    return new NativeSession(api, held, session, memory);
  } catch (error) {
    held.release();
    throw error;
  } finally {
    settings.release();
  }
}

function setOptions(
  api: CApi,
  to: Pointer,
  { threads, library, optimization = 'all', profile }: NativeSessionOptions,
): void {
  api.call('setIntraOpThreads', to, threads);
  api.call('setInterOpThreads', to, 1);
  api.call('setOptimization', to, OPTIMIZATION[optimization]);
  api.call('setLogSeverity', to, FATAL);
  // A memory pattern is a second arena as large as the first, for 3 % of time.
  api.call('disableMemPattern', to);
  // Idle threads do not wait in a loop after a run, but leave the processor to those of the optimizer.
  api.call('addConfigEntry', to, 'session.force_spinning_stop', '1');
  if (profile !== undefined) api.call('enableProfiling', to, profile);
  if (library !== undefined) api.call('registerOperators', to, library);
}

/** A model that reads and writes arrays of the caller where they are. */
export class NativeSession {
  readonly inputs: ReadonlyMap<string, NativePort>;
  readonly outputs: ReadonlyMap<string, NativePort>;
  readonly #api: CApi;
  readonly #held: Held;
  readonly #session: Pointer;
  readonly #sides: Readonly<Record<Side, Arrays>>;
  #running: Promise<void> | undefined;
  #disposal: Promise<void> | undefined;

  /** @param held is released with the session; see `createNativeSession` */
  constructor(api: CApi, held: Held, session: Pointer, memory: Pointer) {
    this.#api = api;
    this.#held = held;
    this.#session = session;
    this.inputs = readPorts(api, session, 'input');
    this.outputs = readPorts(api, session, 'output');
    this.#sides = {
      input: new Arrays(api, memory, this.inputs),
      output: new Arrays(api, memory, this.outputs),
    };
  }

  /**
   * Runs in another thread (see {@link CApi.callInThread}), and writes the outputs to the given arrays. Until it ends, the arrays must not be transferred or changed. The session
   * keeps the arrays of the last run of each name.
   *
   * @param inputs all of the model
   * @param outputs those that are computed; at least one
   * @throws EngineError `runtime/input`, `runtime/output` before anything runs, for another name, element type, shape or length;
   *   `runtime/run` while a run goes on, after `dispose`, and for what goes wrong in the run, after which outputs are written in part
   */
  async run(inputs: NativeTensors, outputs: NativeTensors): Promise<void> {
    if (this.#disposal !== undefined) throw refused('is disposed', 'open another session');
    if (this.#running !== undefined)
      throw refused('is running', 'await each run before the next one, or open a session for each');
    for (const [side, ports, given] of [
      ['input', this.inputs, inputs],
      ['output', this.outputs, outputs],
    ] as const) {
      for (const [name, tensor] of Object.entries(given)) checkTensor(side, name, ports.get(name), tensor);
    }
    const missing = [...this.inputs.keys()].filter((name) => inputs[name] === undefined);
    if (missing.length > 0)
      throw new EngineError({ code: 'runtime/input', reason: `input "${missing[0]}" is missing` });
    if (Object.keys(outputs).length === 0)
      throw new EngineError({ code: 'runtime/output', reason: 'no output is asked for' });
    this.#running = this.#start(inputs, outputs);
    try {
      await this.#running;
    } finally {
      this.#running = undefined;
    }
  }

  /** Waits for a run that goes on. A second call does nothing more. */
  dispose(): Promise<void> {
    return (this.#disposal ??= this.#dispose());
  }

  async #start(inputs: NativeTensors, outputs: NativeTensors): Promise<void> {
    const from = this.#sides.input.take(inputs);
    const to = this.#sides.output.take(outputs);
    const address = (array: NodeJS.TypedArray) => this.#api.address(array);
    await this.#api.callInThread(
      'run',
      [
        this.#session,
        null,
        address(from.names),
        address(from.values),
        from.names.length,
        address(to.names),
        to.names.length,
        address(to.values),
      ],
      [this, from, to],
    );
  }

  async #dispose(): Promise<void> {
    await this.#running?.catch(() => undefined);
    for (const side of Object.values(this.#sides)) side.release();
    this.#held.release();
  }
}

function refused(state: string, remedy: string): EngineError {
  return new EngineError({ code: 'runtime/run', reason: `the session ${state}`, remedy });
}

/** onnxruntime's values of one side of a session. They are kept for arrays that come again, as parameters and gradients do. */
class Arrays {
  readonly #api: CApi;
  readonly #memory: Pointer;
  readonly #ports: ReadonlyMap<string, NativePort>;
  readonly #names: ReadonlyMap<string, Buffer>;
  readonly #kept = new Map<string, { readonly tensor: NativeTensor; readonly value: Pointer }>();

  constructor(api: CApi, memory: Pointer, ports: ReadonlyMap<string, NativePort>) {
    this.#api = api;
    this.#memory = memory;
    this.#ports = ports;
    this.#names = new Map([...ports.keys()].map((name) => [name, zeroEnded(name)]));
  }

  /** Addresses of names and of values. @param tensors are checked */
  take(tensors: NativeTensors): { readonly names: BigUint64Array; readonly values: BigUint64Array } {
    const entries = Object.entries(tensors);
    const [names, values] = [addresses(entries.length), addresses(entries.length)];
    for (const [place, [name, tensor]] of entries.entries()) {
      names[place] = this.#api.address(this.#names.get(name) ?? zeroEnded(name));
      values[place] = this.#valueOf(name, tensor);
    }
    return { names, values };
  }

  release(): void {
    for (const { value } of this.#kept.values()) this.#api.release('releaseValue', value);
    this.#kept.clear();
  }

  #valueOf(name: string, { shape, data }: NativeTensor): Pointer {
    const kept = this.#kept.get(name);
    if (kept?.tensor.data === data && kept.tensor.shape.join() === shape.join()) return kept.value;
    const sizes = BigInt64Array.from(shape, BigInt);
    const type = this.#ports.get(name)?.type ?? 0;
    const value = this.#api.create(
      'createTensor',
      this.#memory,
      this.#api.address(data),
      data.byteLength,
      sizes,
      sizes.length,
      type,
    );
    if (kept !== undefined) this.#api.release('releaseValue', kept.value);
    this.#kept.set(name, { tensor: { shape: [...shape], data }, value });
    return value;
  }
}

function addresses(count: number): BigUint64Array<ArrayBuffer> {
  return new BigUint64Array(new ArrayBuffer(8 * count));
}

/** In memory of its own: a small Buffer is part of a shared one. */
function zeroEnded(name: string): Buffer {
  const bytes = Buffer.alloc(Buffer.byteLength(name) + 1);
  bytes.write(name);
  return bytes;
}

/** What must be released, the last first. */
class Held {
  readonly #api: CApi;
  readonly #releases: (readonly [ReleaseFunction, Pointer])[] = [];

  constructor(api: CApi) {
    this.#api = api;
  }

  add(release: ReleaseFunction, pointer: Pointer): Pointer {
    this.#releases.push([release, pointer]);
    return pointer;
  }

  release(): void {
    for (const [release, pointer] of this.#releases.splice(0).toReversed())
      this.#api.release(release, pointer);
  }
}
