import { tagOf, vrOf } from '../dictionary/dictionary.js';
import type { TestElement } from './build.js';

/** Values by the keywords of the standard: text, numbers, bytes, lists of values; lists of data sets in sequences. */
export type TestDataSet = Readonly<Record<string, unknown>>;

/** Encodings of one number by VR: size in bytes, and a function that writes a value. */
const binary: Readonly<
  Record<string, readonly [size: number, write: (view: DataView, value: number) => void]>
> = {
  US: [2, (view, value) => view.setUint16(0, value, true)],
  SS: [2, (view, value) => view.setInt16(0, value, true)],
  UL: [4, (view, value) => view.setUint32(0, value, true)],
  SL: [4, (view, value) => view.setInt32(0, value, true)],
  FL: [4, (view, value) => view.setFloat32(0, value, true)],
  FD: [8, (view, value) => view.setFloat64(0, value, true)],
};

/**
 * The elements of a data set in the order of their tags; keywords whose value is undefined are left out. Values are
 * written without changes, even if they break the rules of their VR.
 *
 * @throws RangeError for a keyword that the standard does not have
 */
export function elementsOf(dataSet: TestDataSet): TestElement[] {
  return Object.entries(dataSet)
    .filter(([, value]) => value !== undefined)
    .map(([keyword, value]) => elementOf(keyword, value))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function elementOf(keyword: string, value: unknown): TestElement {
  const tag = tagOf(keyword);
  if (tag === undefined) throw new RangeError(`the standard has no ${keyword}`);
  // Of two representations the second holds signed numbers and words.
  const [first = '', second = first] = (vrOf(tag) ?? 'UN').split('/');
  const signed = second === 'SS' && [value].flat().some((number) => Number(number) < 0);
  const vr = signed || second === 'OW' ? second : first;
  return [tag.slice(1), vr, valueOf(vr, value)];
}

function valueOf(vr: string, value: unknown): TestElement[2] {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (vr === 'SQ') return values.map((item) => elementsOf(item as TestDataSet));
  const encoding = binary[vr];
  if (encoding === undefined) return values.map((one) => (one === null ? '' : String(one))).join('\\');
  const [size, write] = encoding;
  const bytes = new Uint8Array(values.length * size);
  values.forEach((one, i) => write(new DataView(bytes.buffer, i * size), Number(one)));
  return bytes;
}
