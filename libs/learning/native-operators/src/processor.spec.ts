import { describe, expect, it } from 'vitest';
import { missingInstructions } from './processor.js';

describe('the instructions that a processor does not have', () => {
  it('are none with AVX-512 as in x86-64-v4', () => {
    const cpuinfo =
      'processor\t: 0\nflags\t\t: fpu avx2 avx512f avx512dq avx512cd avx512bw avx512vl\nbugs\t\t:\n';
    expect(missingInstructions(cpuinfo)).toEqual([]);
  });

  it('are named where only a part is there', () => {
    expect(missingInstructions('flags\t\t: fpu avx2 avx512f avx512cd\n')).toEqual([
      'avx512bw',
      'avx512dq',
      'avx512vl',
    ]);
  });

  it('are all of them where the text names none', () => {
    expect(missingInstructions('Features\t: fp asimd\n')).toHaveLength(5);
    expect(missingInstructions('')).toHaveLength(5);
  });
});
