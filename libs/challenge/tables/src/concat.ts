import { isText, type ColumnSpec, type ColumnValues } from './column.js';

type NumberColumn = Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** Concatenates the rows of several pieces with the same columns. */
export function concatColumns(
  pieces: readonly ReadonlyMap<string, ColumnValues>[],
): Map<string, ColumnValues> {
  const [first] = pieces;
  if (first === undefined) return new Map();
  if (pieces.length === 1) return new Map(first);
  return new Map(
    Array.from(first.keys(), (name) => [
      name,
      concat(pieces.map((piece) => piece.get(name)).filter((values) => values !== undefined)),
    ]),
  );
}

/** @throws TypeError when the pieces are of different types. */
export function concat(pieces: readonly ColumnValues[]): ColumnValues {
  const [first] = pieces;
  if (first === undefined) throw new TypeError('nothing to concatenate');
  if (isText(first)) {
    const all: (string | null)[] = [];
    for (const piece of pieces) {
      if (!isText(piece)) throw differing(first, piece);
      for (const text of piece) all.push(text);
    }
    return all;
  }
  if ('size' in first) {
    const values = concatNumbers(
      pieces.map((piece) => {
        if (isText(piece) || !('size' in piece)) throw differing(first, piece);
        return piece.values;
      }),
      new Float32Array(0),
    );
    return { size: first.size, values };
  }
  const numbers = pieces.map((piece) => {
    if (isText(piece) || 'size' in piece || piece.constructor !== first.constructor)
      throw differing(first, piece);
    return piece;
  });
  if (first instanceof Int8Array) return concatNumbers(numbers, first);
  if (first instanceof Int16Array) return concatNumbers(numbers, first);
  if (first instanceof Int32Array) return concatNumbers(numbers, first);
  if (first instanceof Float32Array) return concatNumbers(numbers, first);
  return concatNumbers(numbers, first);
}

function concatNumbers<T extends NumberColumn>(pieces: readonly NumberColumn[], like: T): T {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const all = emptyLike(like, length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function emptyLike<T extends NumberColumn>(like: T, length: number): T {
  // A typed array's constructor makes its own type; TypeScript types it as Function.
  return new (like.constructor as new (length: number) => T)(length);
}

function differing(expected: ColumnValues, received: ColumnValues): TypeError {
  return new TypeError(
    `pieces of a column differ: ${expected.constructor.name}, ${received.constructor.name}`,
  );
}

/** A column without rows. */
export function emptyColumn(spec: ColumnSpec): ColumnValues {
  switch (spec.kind) {
    case 'utf8':
      return [];
    case 'int8':
      return new Int8Array(0);
    case 'int16':
      return new Int16Array(0);
    case 'int32':
      return new Int32Array(0);
    case 'float32':
      return new Float32Array(0);
    case 'float64':
      return new Float64Array(0);
    case 'vector':
      return { size: 0, values: new Float32Array(0) };
  }
}
