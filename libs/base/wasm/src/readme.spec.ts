import { expect, it } from 'vitest';
import { createMemory, instantiateKernel, reserve } from './index.js';

// (module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add))
const binary = 'AGFzbQEAAAABBwFgAn9/AX8DAgEABwcBA2FkZAAACgkBBwAgACABags=';

it('does what the README shows first', () => {
  const { add } = instantiateKernel<{ add(a: number, b: number): number }>(binary);
  expect(add(2, 3)).toBe(5);
});

it('grows in whole pages, and only when the memory is too small', () => {
  const memory = createMemory(1);
  expect(memory.buffer.byteLength).toBe(65_536);
  reserve(memory, 65_536);
  expect(memory.buffer.byteLength).toBe(65_536);
  expect(() => reserve(memory, 65_537)).toThrow(RangeError);
});
