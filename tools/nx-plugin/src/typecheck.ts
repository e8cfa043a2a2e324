// Checks the types of the specs of one package: `node typecheck.js libs/base/cli`.
import { resolve } from 'node:path';
import ts from 'typescript';

const projectRoot = process.argv[2] ?? '.';
const host = {
  getCanonicalFileName: (name: string) => name,
  getCurrentDirectory: () => process.cwd(),
  getNewLine: () => '\n',
};
const { config, error } = ts.readConfigFile('tsconfig.spec.json', (file) => ts.sys.readFile(file));
const { fileNames, options, projectReferences, errors } = ts.parseJsonConfigFileContent(
  { ...config, include: [`${projectRoot}/src/**/*.spec.ts`] },
  ts.sys,
  resolve('.'),
);
const fatal = [...(error === undefined ? [] : [error]), ...errors].filter(
  // A package without specs has nothing to check.
  ({ code }) => code !== 18003,
);
const program = ts.createProgram({
  rootNames: fileNames,
  options,
  ...(projectReferences === undefined ? {} : { projectReferences }),
});
const diagnostics = [...fatal, ...(fileNames.length === 0 ? [] : ts.getPreEmitDiagnostics(program))];
process.stderr.write(ts.formatDiagnostics(diagnostics, host));
process.exitCode = diagnostics.length === 0 ? 0 : 1;
