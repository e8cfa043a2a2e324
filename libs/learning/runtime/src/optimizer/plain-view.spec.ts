import { describe, expect, it } from 'vitest';
import { plainView } from './plain-view.js';

describe('plainView', () => {
  it('is the same memory, and leaves what was in it', () => {
    const bytes = new Uint8Array(new SharedArrayBuffer(100));
    [bytes[0], bytes[99]] = [7, 9];
    const view = new Uint8Array(plainView(bytes.buffer)!);
    expect(view).toHaveLength(100);
    expect([view[0], view[99]]).toEqual([7, 9]);
    view[50] = 3;
    expect(bytes[50]).toBe(3);
  });

  it('is undefined without the package', () => {
    const missing = () => {
      throw new Error("Cannot find module 'koffi'");
    };
    expect(plainView(new SharedArrayBuffer(16), missing)).toBeUndefined();
  });

  it.each([
    ['another memory', () => new ArrayBuffer(16)],
    ['a part of the memory', () => new ArrayBuffer(8)],
  ])('is undefined where the package gives %s', (_name, view) => {
    expect(plainView(new SharedArrayBuffer(16), () => ({ address: () => 0n, view }))).toBeUndefined();
  });
});
