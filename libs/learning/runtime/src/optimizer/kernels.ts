import {
  F32,
  F64,
  I32,
  V128,
  add,
  addDoubles,
  advance,
  assemble,
  divide,
  get,
  load,
  loopBelow,
  multiply,
  multiplyDoubles,
  promoteLow,
  set,
  splat,
  squareRoot,
  store,
  subtract,
  sumDoubles,
  upperHalf,
  type WasmFunction,
} from './assembler.js';
import { webAssembly, type WasmMemory, type WasmModule } from './webassembly.js';

/** Loops over the flat arrays of a {@link ParameterMemory}; addresses in bytes, lengths in multiples of 16 bytes. */
export interface Kernels {
  /** Sum of squares, in double precision. */
  sumOfSquares(from: number, end: number): number;
  /** Adam and, with `keep` below 1, AdamW; the factors are those of {@link adamFactors}. */
  adam(
    parameters: number,
    gradients: number,
    first: number,
    second: number,
    end: number,
    ...factors: readonly number[]
  ): void;
  /** Factors: gradient scale, weight decay, momentum, share of the gradient, share of the momentum, rate. */
  sgd(
    parameters: number,
    gradients: number,
    momentum: number,
    end: number,
    ...factors: readonly number[]
  ): void;
}

const floats = (count: number) => Array<typeof F32>(count).fill(F32);
const vectors = (count: number) => Array<typeof V128>(count).fill(V128);

/** Copies scalar parameters into vector locals before the loop. */
const splats = (from: number, to: number, count: number) =>
  Array.from({ length: count }, (_, i) => set(to + i, splat(get(from + i)))).flat();

function sumOfSquares(): WasmFunction {
  const [from, end, x, low, high] = [0, 1, 2, 3, 4];
  const square = (half: number, value: readonly number[]) =>
    set(half, addDoubles(get(half), multiplyDoubles(promoteLow(value), promoteLow(value))));
  return {
    name: 'sumOfSquares',
    parameters: [I32, I32],
    result: F64,
    locals: vectors(3),
    body: [
      ...loopBelow(from, end, [
        ...set(x, load(get(from))),
        ...square(low, get(x)),
        ...square(high, upperHalf(get(x))),
        ...advance(from),
      ]),
      ...set(low, addDoubles(get(low), get(high))),
      ...sumDoubles(get(low)),
    ],
  };
}

function adam(): WasmFunction {
  const [p, g, m, v, end] = [0, 1, 2, 3, 4];
  const scalars = 5;
  const count = 10;
  const [scale, decay, keep, beta1, rest1, beta2, rest2, correction, eps, rate] = Array.from(
    { length: count },
    (_, i) => get(scalars + count + i),
  ) as [Code, Code, Code, Code, Code, Code, Code, Code, Code, Code];
  const local = scalars + 2 * count;
  const [parameter, gradient, first, second] = [local, local + 1, local + 2, local + 3];
  return {
    name: 'adam',
    parameters: [I32, I32, I32, I32, I32, ...floats(count)],
    locals: vectors(count + 4),
    body: [
      ...splats(scalars, scalars + count, count),
      ...loopBelow(p, end, [
        ...set(parameter, load(get(p))),
        ...set(gradient, add(multiply(load(get(g)), scale), multiply(get(parameter), decay))),
        ...set(first, add(multiply(load(get(m)), beta1), multiply(get(gradient), rest1))),
        ...set(
          second,
          add(multiply(load(get(v)), beta2), multiply(multiply(get(gradient), rest2), get(gradient))),
        ),
        ...store(get(m), get(first)),
        ...store(get(v), get(second)),
        ...store(
          get(p),
          subtract(
            multiply(get(parameter), keep),
            divide(multiply(get(first), rate), add(multiply(squareRoot(get(second)), correction), eps)),
          ),
        ),
        ...[p, g, m, v].flatMap(advance),
      ]),
    ],
  };
}

function sgd(): WasmFunction {
  const [p, g, b, end] = [0, 1, 2, 3];
  const scalars = 4;
  const count = 6;
  const [scale, decay, momentum, direct, through, rate] = Array.from({ length: count }, (_, i) =>
    get(scalars + count + i),
  ) as [Code, Code, Code, Code, Code, Code];
  const local = scalars + 2 * count;
  const [parameter, gradient, buffer] = [local, local + 1, local + 2];
  return {
    name: 'sgd',
    parameters: [I32, I32, I32, I32, ...floats(count)],
    locals: vectors(count + 3),
    body: [
      ...splats(scalars, scalars + count, count),
      ...loopBelow(p, end, [
        ...set(parameter, load(get(p))),
        ...set(gradient, add(multiply(load(get(g)), scale), multiply(get(parameter), decay))),
        ...set(buffer, add(multiply(load(get(b)), momentum), get(gradient))),
        ...store(get(b), get(buffer)),
        ...store(
          get(p),
          subtract(
            get(parameter),
            multiply(add(multiply(get(gradient), direct), multiply(get(buffer), through)), rate),
          ),
        ),
        ...[p, g, b].flatMap(advance),
      ]),
    ],
  };
}

type Code = readonly number[];

let compiled: WasmModule | undefined;

/** The loops, on a memory. */
export function instantiateKernels(memory: WasmMemory): Kernels {
  compiled ??= new webAssembly.Module(assemble([sumOfSquares(), adam(), sgd()]));
  const { exports } = new webAssembly.Instance(compiled, { host: { memory } });
  // The signatures are those assembled above.
  return exports as unknown as Kernels;
}
