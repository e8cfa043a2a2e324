import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createProjectGraphAsync } from '@nx/devkit';
import { ESLint } from 'eslint';
import { beforeAll, expect, it } from 'vitest';

const workspace = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const eslint = new ESLint({ cwd: workspace });

async function messages(code: string, file: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: resolve(workspace, file) });
  return (result?.messages ?? [])
    .filter(({ ruleId }) => ruleId === '@nx/enforce-module-boundaries')
    .map(({ message }) => message);
}

beforeAll(async () => {
  // Without a cached graph the rule skips itself.
  await createProjectGraphAsync({ exitOnError: false });
});

it('an import from a lower layer into a higher one is reported', async () => {
  const [message] = await messages("import '@ichor/report';\n", 'libs/challenge/metrics/src/index.ts');
  expect(message).toContain('can only depend on libs tagged with "layer:');
});

it('a file inside another package is reported', async () => {
  expect(
    await messages("import '../../files/src/error.js';\n", 'libs/base/cli/src/progress.ts'),
  ).toHaveLength(1);
});

it('an import downwards is not', async () => {
  expect(await messages("import '@ichor/files';\n", 'libs/base/cli/src/progress.ts')).toEqual([]);
});

it('an import within a floor is reported, but for packages that the floor shares', async () => {
  const file = 'libs/imaging/findings/src/index.ts';
  expect(await messages("import '@ichor/windowing';\n", file)).toEqual([]);
  const [message] = await messages("import '@ichor/intake';\n", file);
  expect(message).toContain('"sideways:imaging"');
});
