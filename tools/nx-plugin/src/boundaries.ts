import type { ESLint } from 'eslint';

/**
 * Whether imports against the layers are reported, tried with one: @ichor/files, at the bottom, may not know
 * @ichor/training.
 *
 * @param eslint in the workspace
 */
export async function boundariesAreChecked(eslint: ESLint): Promise<boolean> {
  const [result] = await eslint.lintText("import '@ichor/training';\n", {
    filePath: 'libs/base/files/src/error.ts',
  });
  return result?.messages.some(({ ruleId }) => ruleId === '@nx/enforce-module-boundaries') === true;
}
