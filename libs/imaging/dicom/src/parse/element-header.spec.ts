import { describe, expect, it } from 'vitest';
import { hex } from '../testing/flaws.js';
import { beginsAfter, hasVr, isVr, readElementHeader, readItemHeader, tagAt } from './element-header.js';
import type { Encoding } from './element.js';

// Headers by hand from PS3.5 section 7.1: tag, two letters, length; 4 bytes of length in implicit data sets.
const explicit: Encoding = { explicit: true, bigEndian: false };
const implicit: Encoding = { explicit: false, bigEndian: false };
const bigEndian: Encoding = { explicit: true, bigEndian: true };

const read = (text: string, encoding: Encoding, at = 0) => {
  const bytes = hex(text);
  return readElementHeader(bytes, at, bytes.length, encoding);
};

describe('the header of an element', () => {
  it('has a length of two bytes in explicit data sets', () => {
    expect(read('08006000 4353 0200 4354', explicit)).toEqual({
      tag: 'x00080060',
      vr: 'CS',
      offset: 8,
      length: 2,
      undefinedLength: false,
    });
    expect(read('0008 0060 4353 0002 4354', bigEndian)).toMatchObject({ tag: 'x00080060', length: 2 });
  });

  it('has a length of four bytes after two reserved ones for long representations', () => {
    expect(read('e07f1000 4f57 0000 00000100', explicit)).toMatchObject({
      vr: 'OW',
      offset: 12,
      length: 65536,
    });
    expect(read('7fe0 0010 4f57 0000 00010000', bigEndian)).toMatchObject({ vr: 'OW', length: 65536 });
    expect(read('09001010 5351 0000 ffffffff', explicit)).toMatchObject({ vr: 'SQ', undefinedLength: true });
  });

  it('has a length of four bytes and no representation in implicit data sets, and for items in all data sets', () => {
    expect(read('10002000 04000000 50313233', implicit)).toMatchObject({
      vr: undefined,
      offset: 8,
      length: 4,
    });
    expect(read('feff00e0 04000000 00000000', explicit)).toMatchObject({
      tag: 'xfffee000',
      vr: undefined,
      length: 4,
    });
  });

  it('is truncated when the bytes end before its length', () => {
    expect(() => read('e07f1000 4f57 0000', explicit)).toThrow(
      expect.objectContaining({ code: 'dicom/truncated', attribute: 'PixelData' }),
    );
  });
});

describe('an irregular header', () => {
  /** The next element, (0020,000d) in explicit encoding. */
  const next = '20000d00 5549 0000';

  it('is read by the length after which the next element begins', () => {
    expect(read(`09001010 3f3f 0200 6162 ${next}`, explicit)).toMatchObject({
      vr: undefined,
      offset: 8,
      length: 2,
    });
    expect(read(`09001010 02000000 6162 ${next}`, explicit)).toMatchObject({ offset: 8, length: 2 });
    expect(read(`09001010 5a5a 0000 02000000 6162 ${next}`, explicit)).toMatchObject({
      offset: 12,
      length: 2,
    });
  });

  it('is explicit in an implicit data set only if its explicit length is plausible', () => {
    expect(read(`09001010 4c4f 0200 6162 ${next}`, implicit)).toMatchObject({
      vr: 'LO',
      offset: 8,
      length: 2,
    });
  });

  it('is refused where no length leads to an element', () => {
    expect(() => read(`09001010 3f3f 0300 6162 ${next}`, explicit)).toThrow(
      expect.objectContaining({ code: 'dicom/malformed', attribute: '(0009,1010)' }),
    );
  });
});

describe('beginsAfter', () => {
  it('must be followed by a higher tag with a representation, or by the end', () => {
    const bytes = hex('20000d00 5549 0000');
    const at = (tag: string, position = 0) => beginsAfter(bytes, position, bytes.length, tag, explicit);
    expect([
      at('x00100010'),
      at('x0020000d'),
      at('x00300000'),
      at('x00100010', 8),
      at('x00100010', 1),
    ]).toEqual([true, false, false, true, false]);
  });
});

describe('the parts of a header', () => {
  it('are tags in both byte orders, representations, and the lengths of items', () => {
    expect([tagAt(hex('e07f1000'), 0, false), tagAt(hex('7fe00010'), 0, true)]).toEqual([
      'x7fe00010',
      'x7fe00010',
    ]);
    expect([isVr('CS'), isVr('UV'), isVr('ZZ'), isVr('cs')]).toEqual([true, true, false, false]);
    expect([hasVr(hex('08006000 4353'), 0), hasVr(hex('08006000 43'), 0)]).toEqual([true, false]);
    expect(readItemHeader(hex('feff00e0 0a000000'), 0, implicit)).toEqual(['xfffee000', 10]);
  });
});
