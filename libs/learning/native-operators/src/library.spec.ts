import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { nativeOperators, nativeOperatorsOf } from './library.js';

const flags = 'flags : avx512f avx512bw avx512cd avx512dq avx512vl\n';
const machine = { system: 'linux-x64', cpuinfo: () => flags, library: fileURLToPath(import.meta.url) };

describe('the library of native operators', () => {
  it('is there where the machine can run it and it is compiled', () => {
    expect(nativeOperatorsOf(machine)).toEqual({ library: machine.library });
  });

  it.each([
    ['of another system', { system: 'darwin-arm64' }, /linux-x64, this is darwin-arm64/],
    ['without AVX-512', { cpuinfo: () => 'flags : avx2 avx512f\n' }, /no avx512bw, avx512cd/],
    [
      'that does not tell its processor',
      {
        cpuinfo: () => {
          throw new Error('EACCES');
        },
      },
      /cannot be read.*EACCES/,
    ],
    ['on which it was not compiled', { library: `${machine.library}.none` }, /not compiled: `npm run build`/],
  ])('is missing, with the reason, on a machine %s', (_name, change, reason) => {
    expect(nativeOperatorsOf({ ...machine, ...change })).toEqual({ missing: expect.stringMatching(reason) });
  });

  it('is answered for this machine without an error', () => {
    expect(Object.keys(nativeOperators())).toHaveLength(1);
  });
});
