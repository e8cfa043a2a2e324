import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { NetworkBuilder, exportOnnx, initialize, type Network } from '@ichor/nn';
import type koffiPackage from 'koffi';
import { afterEach, describe, expect, it } from 'vitest';
import { EngineError } from '../../error.js';
import { libraryFile, onnxRuntime } from '../library.js';
import { CApi, openCApi, type Pointer } from './c-api.js';
import { functions, type FunctionName } from './functions.js';
import { createNativeSession, type NativeSession } from './native-session.js';

/* koffi and onnxruntime-node are development dependencies of this package: where the specs run, they are there. Nothing is skipped. */

const MEGABYTE = 2 ** 20;
const require = createRequire(import.meta.url);

/** y = relu(x), for any number of rows of three. */
function relu(): Uint8Array {
  const builder = new NetworkBuilder('relu');
  builder.output('y', builder.relu(builder.input('x', [3])));
  return exportOnnx(builder.build(), new Map());
}

/** A convolution whose output has as many megabytes as a batch has images of 64 x 64. */
function wide(): Network {
  const builder = new NetworkBuilder('wide');
  const image = builder.input('x', [1, 64, 64]);
  builder.output(
    'y',
    builder.relu(builder.conv2d(image, 'conv', { inChannels: 1, outChannels: 64, kernel: 3, padding: 1 })),
  );
  return builder.build();
}

const row = (...data: number[]) => ({ shape: [1, 3], data: Float32Array.from(data) });

const open: NativeSession[] = [];
async function opened(model = relu(), api = openCApi()): Promise<NativeSession> {
  const session = await createNativeSession(model, { threads: 2 }, api);
  open.push(session);
  return session;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((session) => session.dispose()));
});

async function errorOf(action: Promise<unknown>): Promise<EngineError> {
  const error: unknown = await action.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (error instanceof EngineError) return error;
  throw new Error(`no EngineError, but ${String(error)}`);
}

describe('the C API', () => {
  it('is that of the library that onnxruntime-node runs on', () => {
    const { version } = require('onnxruntime-node/package.json') as { version: string };
    expect(openCApi().version).toBe(version);
  });

  it('states each place once', () => {
    const places = Object.values(functions).map(({ place }) => place);
    expect(new Set(places).size).toBe(places.length);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it('is refused without koffi, and for what is no onnxruntime', () => {
    const absent = () => {
      throw new Error("Cannot find module 'koffi'\nRequire stack:");
    };
    expect(() => CApi.open(absent, libraryFile())).toThrow(
      expect.objectContaining({ code: 'runtime/operators', remedy: 'npm install koffi' }),
    );
    expect(() => CApi.open(require, '/no/such/library.so')).toThrow(
      expect.objectContaining({ code: 'runtime/operators', file: '/no/such/library.so' }),
    );
    // Node itself has no such function.
    expect(() => CApi.open(require, process.execPath)).toThrow(
      expect.objectContaining({ code: 'runtime/operators' }),
    );
  });
});

describe('a session', () => {
  it('writes outputs to the arrays of the caller, also in shared memory and within a larger array', async () => {
    const session = await opened();
    const shared = new Float32Array(new SharedArrayBuffer(32), 4, 6).map((_, i) => i - 2);
    const around = new Float32Array(8).fill(7);
    await session.run(
      { x: { shape: [2, 3], data: shared } },
      { y: { shape: [2, 3], data: around.subarray(1, 7) } },
    );
    expect([...around]).toEqual([7, 0, 0, 0, 1, 2, 3, 7]);
    const sharedOut = new Float32Array(new SharedArrayBuffer(12));
    await session.run({ x: row(-1, 2, -3) }, { y: { shape: [1, 3], data: sharedOut } });
    expect([...sharedOut]).toEqual([0, 2, 0]);
  });

  it('reads an array that has changed, and another one of the same name', async () => {
    const session = await opened();
    const [x, y] = [row(1, 2, 3), row(0, 0, 0)];
    await session.run({ x }, { y });
    x.data[0] = 5;
    await session.run({ x }, { y });
    expect([...y.data]).toEqual([5, 2, 3]);
    await session.run({ x: row(9, 8, 7) }, { y });
    expect([...y.data]).toEqual([9, 8, 7]);
  });

  it('has the numbers of onnxruntime-node to the last bit', async () => {
    const network = wide();
    const model = exportOnnx(network, initialize(network, 3));
    const x = { shape: [2, 1, 64, 64], data: Float32Array.from({ length: 8192 }, (_, i) => Math.sin(i)) };
    const y = { shape: [2, 64, 64, 64], data: new Float32Array(2 * 64 ** 3) };
    await (await opened(model)).run({ x }, { y });
    const { InferenceSession, Tensor } = onnxRuntime();
    const session = await InferenceSession.create(model, { intraOpNumThreads: 2 });
    const expected = await session.run({ x: new Tensor('float32', x.data, x.shape) });
    expect(Buffer.compare(bytes(y.data), bytes(expected['y']!.data as Float32Array))).toBe(0);
    await session.release();
  });

  it('leaves the event loop alive', async () => {
    const session = await opened();
    const order: string[] = [];
    const run = session.run({ x: row(1, 2, 3) }, { y: row(0, 0, 0) }).then(() => order.push('run'));
    await Promise.all([setImmediate().then(() => order.push('loop')), run]);
    expect(order).toEqual(['loop', 'run']);
  });

  it('runs in the thread of the caller where koffi has opened another library before, and its stack is small', async () => {
    const koffi = require('koffi') as typeof koffiPackage;
    const config = (settings?: object) => {
      if (settings !== undefined)
        throw new Error('Cannot change configuration once a library has been loaded');
      return { async_stack_size: 2 ** 17 };
    };
    const session = await opened(
      relu(),
      CApi.open(() => ({ ...koffi, config }), libraryFile()),
    );
    const y = row(0, 0, 0);
    const order: string[] = [];
    const run = session.run({ x: row(1, 2, -3) }, { y }).then(() => order.push('run'));
    await Promise.all([setImmediate().then(() => order.push('loop')), run]);
    expect(order).toEqual(['run', 'loop']);
    expect([...y.data]).toEqual([1, 2, 0]);
    const two = { shape: [2, 3], data: new Float32Array(6) };
    expect((await errorOf(session.run({ x: row(1, 2, 3) }, { y: two }))).code).toBe('runtime/run');
  });
});

describe('before the native call, a session refuses', () => {
  const detached = row(1, 2, 3);
  structuredClone(detached.data, { transfer: [detached.data.buffer] });
  const shrinking = new Float32Array(
    // @ts-expect-error the types of this version of the language do not have it
    new ArrayBuffer(12, { maxByteLength: 24 }) as ArrayBuffer,
    0,
    3,
  );
  it.each([
    ['an array that is too short', { shape: [1, 3], data: new Float32Array(2) }, 'needs 3 numbers, has 2'],
    ['an array that is too long', { shape: [1, 3], data: new Float32Array(4) }, 'needs 3 numbers, has 4'],
    ['another size', { shape: [1, 4], data: new Float32Array(4) }, 'expects [-1, 3], received [1, 4]'],
    ['another rank', { shape: [3], data: new Float32Array(3) }, 'expects [-1, 3], received [3]'],
    ['a size that is none', { shape: [-1, 3], data: new Float32Array(3) }, 'a shape that is none'],
    ['half a size', { shape: [0.5, 3], data: new Float32Array(3) }, 'a shape that is none'],
    ['other elements', { shape: [1, 3], data: new Float64Array(3) }, 'is float32 and needs a Float32Array'],
    ['integers of the same width', { shape: [1, 3], data: new Int32Array(3) }, 'received a Int32Array'],
    ['memory that was handed over', detached, 'needs 3 numbers, has 0'],
    ['memory that can shrink', { shape: [1, 3], data: shrinking }, 'can shrink'],
  ])('%s', async (_, tensor, reason) => {
    const counts = new Counting();
    const session = await opened(relu(), counts.api);
    const made = counts.made('createTensor');
    const input = await errorOf(session.run({ x: tensor }, { y: row(0, 0, 0) }));
    expect(input).toMatchObject({ code: 'runtime/input', reason: expect.stringContaining(reason) as string });
    const output = await errorOf(session.run({ x: row(1, 2, 3) }, { y: tensor }));
    expect(output).toMatchObject({
      code: 'runtime/output',
      reason: expect.stringContaining(reason) as string,
    });
    expect(counts.made('createTensor')).toBe(made);
    expect(counts.made('run')).toBe(0);
  });

  it('a name that the model does not have, a missing input, and no output', async () => {
    const session = await opened();
    const [x, y] = [row(1, 2, 3), row(0, 0, 0)];
    expect((await errorOf(session.run({ x, z: x }, { y }))).reason).toBe(
      'input "z" is no tensor of the model',
    );
    expect((await errorOf(session.run({ x }, { y, z: y }))).code).toBe('runtime/output');
    expect((await errorOf(session.run({}, { y }))).reason).toBe('input "x" is missing');
    expect((await errorOf(session.run({ x }, {}))).code).toBe('runtime/output');
    await session.run({ x }, { y });
    expect([...y.data]).toEqual([1, 2, 3]);
  });
});

describe('what onnxruntime refuses becomes a typed error', () => {
  it('a model that is none', async () => {
    const error = await errorOf(createNativeSession(Uint8Array.of(1, 2, 3), { threads: 1 }));
    expect(error.code).toBe('runtime/run');
    expect(error.reason).toMatch(/onnxruntime says, in createSession \(error \d+\): .*protobuf/i);
  });

  it('an empty model', async () => {
    expect((await errorOf(createNativeSession(new Uint8Array(0), { threads: 1 }))).code).toBe('runtime/run');
  });

  it('a library of operators that is not there, or is none', async () => {
    for (const library of ['/no/such/library.so', process.execPath]) {
      const error = await errorOf(createNativeSession(relu(), { threads: 1, library }));
      expect(error.code).toBe('runtime/operators');
      expect(error.reason).toMatch(/in registerOperators/);
    }
  });

  it('an output of another size than the model computes; the session goes on', async () => {
    const session = await opened();
    const two = { shape: [2, 3], data: new Float32Array(6).fill(7) };
    const error = await errorOf(session.run({ x: row(1, 2, 3) }, { y: two }));
    expect(error.code).toBe('runtime/run');
    expect(error.reason).toMatch(/onnxruntime says, in run/);
    expect([...two.data]).toEqual([7, 7, 7, 7, 7, 7]);
    const y = row(0, 0, 0);
    await session.run({ x: row(1, 2, 3) }, { y });
    expect([...y.data]).toEqual([1, 2, 3]);
  });
});

describe('in time', () => {
  it('one run goes on at a time', async () => {
    const session = await opened();
    const [x, y] = [row(1, 2, 3), row(0, 0, 0)];
    const first = session.run({ x }, { y });
    expect((await errorOf(session.run({ x: row(4, 5, 6) }, { y }))).reason).toBe('the session is running');
    await first;
    expect([...y.data]).toEqual([1, 2, 3]);
    await session.run({ x }, { y });
  });

  it('two sessions run at the same time', async () => {
    const [first, second] = [await opened(), await opened()];
    const [a, b] = [row(0, 0, 0), row(0, 0, 0)];
    await Promise.all([first.run({ x: row(1, 2, 3) }, { y: a }), second.run({ x: row(4, 5, 6) }, { y: b })]);
    expect([...a.data, ...b.data]).toEqual([1, 2, 3, 4, 5, 6]);
    await first.dispose();
    await second.run({ x: row(7, 8, 9) }, { y: b });
    expect([...b.data]).toEqual([7, 8, 9]);
  });

  it('dispose waits for the run, works twice, and ends the session', async () => {
    const session = await opened();
    const y = row(0, 0, 0);
    const run = session.run({ x: row(1, 2, 3) }, { y });
    await Promise.all([session.dispose(), session.dispose(), run]);
    await session.dispose();
    expect([...y.data]).toEqual([1, 2, 3]);
    expect((await errorOf(session.run({ x: row(1, 2, 3) }, { y }))).reason).toBe('the session is disposed');
  });
});

describe('nothing is left', () => {
  const pairs = [
    [['createEnv'], 'releaseEnv'],
    [['createSessionOptions'], 'releaseSessionOptions'],
    [['createSession'], 'releaseSession'],
    [['createMemoryInfo'], 'releaseMemoryInfo'],
    [['createTensor'], 'releaseValue'],
    [['inputType', 'outputType'], 'releaseTypeInfo'],
    [['inputName', 'outputName'], 'allocatorFree'],
  ] as const;
  const left = (counts: Counting) => [
    ...pairs.map(([makers, release]) => [
      release,
      makers.reduce((sum, maker) => sum + counts.made(maker), 0) - counts.made(release),
    ]),
    ['releaseStatus', counts.failures - counts.made('releaseStatus')],
  ];
  const nothing = [...pairs.map(([, release]) => [release, 0]), ['releaseStatus', 0]];

  it('after dispose, with failed runs and with arrays that were replaced', async () => {
    const counts = new Counting();
    const session = await createNativeSession(relu(), { threads: 1 }, counts.api);
    for (let i = 0; i < 3; i++) await session.run({ x: row(1, 2, 3) }, { y: row(0, 0, 0) });
    await errorOf(session.run({ x: row(1, 2, 3) }, { y: { shape: [2, 3], data: new Float32Array(6) } }));
    await session.dispose();
    expect(counts.made('createTensor')).toBe(8);
    expect(counts.failures).toBe(1);
    expect(left(counts)).toEqual(nothing);
  });

  it.each([
    ['the model', { model: Uint8Array.of(1, 2, 3), library: undefined }],
    ['the library', { model: relu(), library: '/no/such/library.so' }],
  ])('when %s is refused', async (_, { model, library }) => {
    const counts = new Counting();
    await errorOf(createNativeSession(model, { threads: 1, library }, counts.api));
    expect(counts.failures).toBe(1);
    expect(left(counts)).toEqual(nothing);
  });

  // Every function that creation calls fails once.
  it.each(
    (
      [
        'createEnv',
        'createSessionOptions',
        'setIntraOpThreads',
        'createSession',
        'createMemoryInfo',
        'inputCount',
        'inputType',
        'elementType',
        'dimensions',
        'outputName',
      ] as const
    ).map((name) => [name]),
  )('when %s fails', async (name) => {
    const counts = new Counting(name);
    expect((await errorOf(createNativeSession(relu(), { threads: 1 }, counts.api))).reason).toContain(name);
    expect(left(counts)).toEqual(nothing);
  });

  it('of 200 runs: the memory of the process does not grow', async () => {
    const network = wide();
    const session = await opened(exportOnnx(network, initialize(network, 3)));
    // Two of each, so that each run replaces the values of the one before.
    const xs = [0, 1].map(() => ({ shape: [4, 1, 64, 64], data: new Float32Array(4 * 64 ** 2) }));
    const ys = [0, 1].map(() => ({ shape: [4, 64, 64, 64], data: new Float32Array(4 * 64 ** 3) }));
    const runs = async (count: number) => {
      for (let i = 0; i < count; i++) await session.run({ x: xs[i % 2]! }, { y: ys[i % 2]! });
    };
    await runs(20);
    const before = process.memoryUsage().rss;
    await runs(200);
    // An output has 4 MB: one that is left in each run would be 800.
    expect(process.memoryUsage().rss - before).toBeLessThan(40 * MEGABYTE);
  });
});

/** The C API with counts of the calls that succeeded. */
class Counting {
  readonly api: CApi;
  failures = 0;
  readonly #made = new Map<string, number>();

  /** @param failing a function that returns an error, which another one has given, and does nothing */
  constructor(failing?: FunctionName) {
    const koffi = require('koffi') as typeof koffiPackage;
    const places = new Map<Pointer, string>();
    const count = (name: string) => this.#made.set(name, this.made(name) + 1);
    const decode = (...parameters: Parameters<typeof koffi.decode>): unknown => {
      const decoded: unknown = koffi.decode(...parameters);
      if (Array.isArray(decoded)) {
        for (const [name, { place }] of Object.entries(functions))
          if (decoded.length > 2) places.set((decoded as Pointer[])[place]!, name);
      }
      if (typeof decoded !== 'function') return decoded;
      const name = places.get(parameters[0] as Pointer) ?? '';
      const returnsStatus = functions[name as FunctionName].result === 'void *';
      const call = decoded as ((...values: unknown[]) => unknown) & { async: (...values: unknown[]) => void };
      const result = (result: unknown) => {
        if (returnsStatus && result !== null) this.failures++;
        else count(name);
        return result;
      };
      if (name === failing) return failed(koffi, name, () => this.failures++);
      return Object.assign((...values: unknown[]) => result(call(...values)), {
        async: (...values: unknown[]) => {
          const done = values.at(-1) as (error: unknown, result: unknown) => void;
          call.async(...values.slice(0, -1), (error: unknown, status: unknown) => {
            done(error, result(status));
          });
        },
      });
    };
    this.api = CApi.open(() => ({ ...koffi, decode }), libraryFile());
  }

  made(name: FunctionName | (string & {})): number {
    return this.#made.get(name) ?? 0;
  }
}

/** A function that returns a status of onnxruntime that says its name. */
function failed(koffi: typeof koffiPackage, name: string, count: () => void) {
  const base = koffi.load(libraryFile()).func('OrtGetApiBase', 'void *', [])() as Pointer;
  const [getApi] = koffi.decode(base, 'void *', 1) as Pointer[];
  const table = koffi.call(getApi, koffi.proto('void *', ['uint32_t']), 15) as Pointer;
  const [createStatus] = koffi.decode(table, 'void *', 1) as Pointer[];
  const status = () => {
    count();
    return koffi.call(
      createStatus,
      koffi.proto('void *', ['int', 'str']),
      1,
      `${name} is made to fail`,
    ) as Pointer;
  };
  return Object.assign(status, {
    async: (...values: unknown[]) => {
      (values.at(-1) as (error: unknown, result: unknown) => void)(null, status());
    },
  });
}

function bytes({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
