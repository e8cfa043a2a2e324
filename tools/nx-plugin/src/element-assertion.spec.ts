import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

const workspace = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const eslint = new ESLint({ cwd: workspace });

/** The lines of the code that the rule reports. */
async function reported(lines: readonly string[], file = 'libs/base/files/src/error.ts'): Promise<number[]> {
  const [result] = await eslint.lintText(lines.join('\n'), { filePath: resolve(workspace, file) });
  expect(result?.fatalErrorCount).toBe(0);
  return (result?.messages ?? [])
    .filter(({ ruleId }) => ruleId === 'ichor/element-assertion')
    .map(({ line }) => line);
}

describe('the rule about "!"', () => {
  it('allows it on elements of typed arrays and of what stands for them', async () => {
    expect(
      await reported([
        'export const a = (x: Float32Array) => x[0]!;',
        'export const b = (x: Uint8Array | Int16Array, i: number) => x[i]!;',
        'export const c = (x: ArrayLike<number>) => x[1]!;',
        'export const d = <T extends Float64Array | Uint32Array>(x: T) => x[1]!;',
        'export const e = (x: Buffer) => x[1]!;',
        'export const f = (x: BigUint64Array) => x[1]!;',
      ]),
    ).toEqual([]);
  });

  it('reports it on elements of arrays, entries of records and maps, and on values', async () => {
    expect(
      await reported([
        'export const a = (x: number[]) => x[0]!;',
        'export const b = (x: readonly string[], i: number) => x[i]!;',
        'export const c = (x: Record<string, Float32Array>) => x["a"]!;',
        'export const d = (x: Map<string, number>) => x.get("a")!;',
        'export const e = (x?: string) => x!;',
        'export const f = (x: ArrayLike<string>) => x[0]!;',
        'export const g = (x: Float32Array | number[]) => x[0]!;',
        'export const h = (x: Float32Array[]) => x[0]![0]!;',
        'export const i = (x: { values?: Float32Array }) => x.values!;',
      ]),
    ).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('leaves specs alone', async () => {
    expect(
      await reported(['export const a = [1][0]!;'], 'tools/nx-plugin/src/element-assertion.spec.ts'),
    ).toEqual([]);
  });
});
