import { describe, expect, it } from 'vitest';
import { defaultLimits, type Limits } from '../limits.js';
import { encode, type TestElement } from '../testing/build.js';
import { hex, itemOf, undefinedLength } from '../testing/flaws.js';
import { parseDataSet } from './data-set.js';
import type { DataSet, Encoding } from './element.js';

const explicit: Encoding = { explicit: true, bigEndian: false };

const parse = (bytes: Uint8Array, limits: Partial<Limits> = {}, partial = false) =>
  parseDataSet(bytes, 0, explicit, { ...defaultLimits, ...limits }, partial);
const code = (bytes: Uint8Array, limits?: Partial<Limits>) => {
  try {
    parse(bytes, limits);
    return undefined;
  } catch (cause) {
    return (cause as { code: string }).code;
  }
};

/** Tags with their lengths, and those of the items of sequences. */
type Tree = Record<string, number | Tree[]>;
const tree = ({ elements }: DataSet): Tree =>
  Object.fromEntries(
    Array.from(elements.values(), ({ tag, length, items }) => [tag, items?.map(tree) ?? length]),
  );

const name: TestElement = ['00100010', 'PN', 'AB'];
/** (0008,1140) with one item that holds `inner`. */
const nested = (inner: readonly TestElement[]): TestElement => ['00081140', 'SQ', [[...inner]]];

describe('the elements of a data set', () => {
  it('are found with their places, by hand', () => {
    const { elements } = parse(hex('08006000 4353 0200 4354 10001000 504e 0000'));
    expect([...elements.values()].map(({ tag, offset, length }) => [tag, offset, length])).toEqual([
      ['x00080060', 8, 2],
      ['x00100010', 18, 0],
    ]);
  });

  it('hold the items of sequences with and without length', () => {
    const inner = encode([name]);
    expect(tree(parse(encode([nested([name]), name])))).toEqual({
      x00081140: [{ x00100010: 2 }],
      x00100010: 2,
    });
    // An item without length ends with its own delimiter, the sequence with another.
    const open = Buffer.concat([hex('feff00e0 ffffffff'), inner, hex('feff0de0 00000000')]);
    const bytes = Buffer.concat([
      undefinedLength('SQ', Buffer.concat([open, itemOf(inner)])),
      encode([name]),
    ]);
    expect(tree(parse(bytes))).toEqual({ x00091010: [{ x00100010: 2 }, { x00100010: 2 }], x00100010: 2 });
  });

  it('end with the pixels: later elements are ignored', () => {
    const pixels: TestElement = ['7fe00010', 'OW', Uint8Array.of(1, 2, 3, 4)];
    const { elements, pixelData } = parse(Buffer.concat([encode([name, pixels]), hex('0d0a')]));
    expect([...elements.keys()]).toEqual(['x00100010', 'x7fe00010']);
    expect(pixelData?.length).toBe(4);
  });

  it('may be followed by zeros', () => {
    expect(tree(parse(Buffer.concat([encode([name]), Buffer.alloc(13)])))).toEqual({ x00100010: 2 });
  });
});

describe('a data set that is cut off', () => {
  it.each([
    ['inside a header', encode([name]).subarray(0, 6)],
    ['inside a value', encode([name]).subarray(0, 9)],
    ['inside a sequence without length', undefinedLength('SQ', itemOf(encode([name]))).subarray(0, -8)],
    [
      'inside an item without length',
      Buffer.concat([hex('09001010 5351 0000 ffffffff feff00e0 ffffffff'), encode([name])]),
    ],
  ])('is truncated: %s', (_, bytes) => {
    expect(code(bytes)).toBe('dicom/truncated');
  });

  it('keeps the announced length of its pixels when it is only the beginning of a file', () => {
    const bytes = hex('e07f1000 4f57 0000 00100000 00000000');
    expect(code(bytes)).toBe('dicom/truncated');
    expect(parse(bytes, {}, true).pixelData?.length).toBe(4096);
  });
});

describe('limits', () => {
  it('bound the depth', () => {
    const twice = encode([nested([nested([name])])]);
    expect([code(twice, { depth: 2 }), code(twice, { depth: 1 })]).toEqual([undefined, 'dicom/too-deep']);
  });

  it('count elements, items and what is inside them', () => {
    // The sequence, its item, the name inside the item, the name after the sequence.
    const bytes = encode([nested([name]), name]);
    expect([code(bytes, { elements: 4 }), code(bytes, { elements: 3 })]).toEqual([
      undefined,
      'dicom/too-large',
    ]);
  });
});

describe('an item or delimiter outside a sequence', () => {
  it('is refused, except for a delimiter without content', () => {
    expect(code(Buffer.concat([hex('feff00e0 00000000'), encode([name])]))).toBe('dicom/malformed');
    expect(code(Buffer.concat([hex('feffdde0 02000000 0000'), encode([name])]))).toBe('dicom/malformed');
    expect(tree(parse(Buffer.concat([hex('feffdde0 00000000'), encode([name])])))).toEqual({ x00100010: 2 });
  });
});
