import { describe, expect, it } from 'vitest';
import { kernelBinary } from './kernel-binary.js';

describe('the WebAssembly kernel', () => {
  it('is what assembly/kernel.ts compiles to', async () => {
    const script = new URL('../scripts/build-kernel.mjs', import.meta.url).href;
    const { compileKernel } = (await import(script)) as { compileKernel: () => Promise<string> };
    expect(await compileKernel()).toBe(kernelBinary);
  });
});
