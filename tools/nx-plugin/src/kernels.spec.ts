import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const workspace = resolve(fileURLToPath(new URL('.', import.meta.url)), '..', '..', '..');

const script = join(workspace, 'tools', 'build-kernels.mjs');
const { compileKernel, kernels } = (await import(script)) as {
  compileKernel: (source: string) => Promise<string>;
  kernels: () => { source: string; binary: string }[];
};

describe('every WebAssembly kernel', () => {
  it.each(kernels())('is what $source compiles to', async ({ source, binary }) => {
    expect(readFileSync(join(workspace, binary), 'utf8')).toBe(await compileKernel(source));
  });
});
