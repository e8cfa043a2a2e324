import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './steps.mjs';

export const strict = {
  module: 'nodenext',
  target: 'es2023',
  lib: ['es2023'],
  types: ['node'],
  strict: true,
  skipLibCheck: false,
};

/** The types of every entry, as a module and from CommonJS. */
export async function typeCheck(project, entries) {
  const imports = entries.map((entry, at) => `import * as entry${at} from '${entry}';`);
  const used = `export const all = [${entries.map((_, at) => `entry${at}`).join(', ')}];`;
  const settings =
    "import { app } from '@ichor/se-resnext-410';\nexport const size: number = app.model.imageSize;\n" +
    '// @ts-expect-error: settings have types\nexport const wrong: string = app.model.imageSize;\n';
  await writeFile(join(project, 'all.ts'), [...imports, used].join('\n'));
  await writeFile(join(project, 'settings.ts'), settings);
  await writeFile(
    join(project, 'all.cts'),
    settings
      .replace("{ app } from '@ichor/se-resnext-410'", "models = require('@ichor/se-resnext-410')")
      .replaceAll('app.', 'models.app.'),
  );
  const files = ['all.ts', 'settings.ts', 'all.cts'];
  await writeFile(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...strict, noEmit: true }, files }),
  );
  await run(join(project, 'node_modules', '.bin', 'tsc'), ['-p', project]);
}

/** In plain JavaScript, as modules and from CommonJS; standard error must stay empty. */
export async function load(project, entries) {
  await writeFile(join(project, 'load.mjs'), entries.map((entry) => `await import('${entry}');`).join('\n'));
  await writeFile(join(project, 'load.cjs'), entries.map((entry) => `require('${entry}');`).join('\n'));
  for (const file of ['load.mjs', 'load.cjs']) {
    const { stderr } = await run(process.execPath, ['--no-warnings=ExperimentalWarning', file], {
      cwd: project,
    });
    if (stderr !== '') throw new Error(`${file} wrote to standard error: ${stderr}`);
  }
}
