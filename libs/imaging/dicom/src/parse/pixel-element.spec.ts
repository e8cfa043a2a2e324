import { describe, expect, it } from 'vitest';
import { hex } from '../testing/flaws.js';
import type { Element } from './element.js';
import { pixelElement } from './pixel-element.js';

const announced = (length: number, undefinedLength = false): Element => ({
  tag: 'x7fe00010',
  vr: 'OW',
  offset: 4,
  length,
  undefinedLength,
});
/** Four bytes of header, then an empty offset table, a fragment of two bytes and the delimiter. */
const bytes = hex('00000000 feff00e0 00000000 feff00e0 02000000 0102 feffdde0 00000000');

describe('the element of the pixels', () => {
  it('has its announced length, which must not exceed the file', () => {
    expect(pixelElement(bytes, announced(26), bytes.length, false).length).toBe(26);
    expect(() => pixelElement(bytes, announced(27), bytes.length, false)).toThrow(
      expect.objectContaining({ code: 'dicom/truncated', attribute: 'PixelData' }),
    );
    expect(pixelElement(bytes, announced(27), bytes.length, true).length).toBe(27);
  });

  it('without length ends after the delimiter of its fragments', () => {
    expect(pixelElement(bytes, announced(0xffffffff, true), bytes.length, false).length).toBe(26);
    expect(pixelElement(bytes, announced(0xffffffff, true), bytes.length, true).length).toBe(0xffffffff);
  });
});
