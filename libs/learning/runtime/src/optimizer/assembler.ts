/**
 * Just enough of a WebAssembly assembler for loops over vectors of floats
 * (https://webassembly.github.io/spec/core/binary/). Bytes, no text: nothing to download or to compile ahead.
 */
export type Code = readonly number[];

export const I32 = 0x7f;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const V128 = 0x7b;
export type ValueType = typeof I32 | typeof F32 | typeof F64 | typeof V128;

/** Unsigned LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const more = rest >= 128;
    bytes.push((rest % 128) + (more ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return bytes;
}

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];

const simd = (opcode: number): Code => [0xfd, ...unsigned(opcode)];
const binary =
  (opcode: Code) =>
  (a: Code, b: Code): Code => [...a, ...b, ...opcode];
const unary =
  (opcode: Code) =>
  (a: Code): Code => [...a, ...opcode];

export const splat = unary(simd(0x13));
export const add = binary(simd(0xe4));
export const subtract = binary(simd(0xe5));
export const multiply = binary(simd(0xe6));
export const divide = binary(simd(0xe7));
export const squareRoot = unary(simd(0xe3));
export const addDoubles = binary(simd(0xf0));
export const multiplyDoubles = binary(simd(0xf2));
/** The two lower floats as doubles. */
export const promoteLow = unary(simd(0x5f));
/** The two upper floats in the place of the lower ones. */
export const upperHalf = (a: Code): Code => [
  ...a,
  ...a,
  ...simd(0x0d),
  ...[8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15],
];
/** Sum of the two doubles. */
export const sumDoubles = (a: Code): Code => [...a, ...simd(0x21), 0, ...a, ...simd(0x21), 1, 0xa0];

/** Vectors at a byte address; the memory is aligned to 16 bytes. */
export const load = (address: Code): Code => [...address, ...simd(0x00), 4, 0];
export const store = (address: Code, value: Code): Code => [...address, ...value, ...simd(0x0b), 4, 0];

/** Repeats `body` while the pointer, which `body` moves, is below `end`. */
export function loopBelow(pointer: number, end: number, body: Code): Code {
  const again = [...get(pointer), ...get(end), 0x49]; // i32.lt_u
  return [...again, 0x04, 0x40, 0x03, 0x40, ...body, ...again, 0x0d, 0, 0x0b, 0x0b];
}

/** Moves a pointer by a vector. */
export const advance = (pointer: number): Code => [
  ...get(pointer),
  0x41,
  16,
  0x6a,
  0x21,
  ...unsigned(pointer),
];

export interface WasmFunction {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly result?: ValueType;
  /** Beyond the parameters; all start as zero. */
  readonly locals: readonly ValueType[];
  readonly body: Code;
}

const vector = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];
const text = (value: string): Code => {
  const bytes = [...new TextEncoder().encode(value)];
  return [...unsigned(bytes.length), ...bytes];
};

/** A module that imports its memory as `host.memory` and exports the functions. */
export function assemble(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters, result }) => [
    0x60,
    ...vector(parameters.map((type) => [type])),
    ...vector(result === undefined ? [] : [[result]]),
  ]);
  const bodies = functions.map(({ locals, body }) => {
    const code = [...vector(locals.map((type) => [1, type])), ...body, 0x0b];
    return [...unsigned(code.length), ...code];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(2, vector([[...text('host'), ...text('memory'), 0x02, 0x00, ...unsigned(1)]])),
    ...section(3, vector(functions.map((_, i) => unsigned(i)))),
    ...section(7, vector(functions.map(({ name }, i) => [...text(name), 0x00, ...unsigned(i)]))),
    ...section(10, vector(bodies)),
  ]);
}
