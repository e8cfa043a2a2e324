import { expect, it } from 'vitest';
import { kernelBinary } from './kernel-binary.js';

it('is what assembly/kernel.ts compiles to', async () => {
  const script = new URL('../../scripts/build-kernel.mjs', import.meta.url).href;
  const { compileKernel }: { compileKernel: () => Promise<string> } = await import(script);
  expect(await compileKernel()).toBe(kernelBinary);
});
