import type { TargetConfiguration } from '@nx/devkit';

const options = { cwd: '{workspaceRoot}' };

/** The common settings of the checks of a built package; they write no files. */
const check = { options, cache: true, dependsOn: ['build', '^build'], outputs: [] };

/** The package with its specs, and the code of those that it needs. */
const sources = ['default', '^production'];

/**
 * The targets of every package: build, typecheck (of its specs), test, lint.
 *
 * @param projectRoot relative to the workspace
 */
export function packageTargets(projectRoot: string): Record<string, TargetConfiguration> {
  return {
    build: {
      command: `tsc -b ${projectRoot}`,
      options,
      cache: true,
      dependsOn: ['^build'],
      inputs: ['production', '^production', { externalDependencies: ['typescript'] }],
      outputs: ['{projectRoot}/dist'],
      metadata: { description: 'Compiles the package into dist' },
    },
    typecheck: {
      ...check,
      command: `node tools/nx-plugin/dist/typecheck.js ${projectRoot}`,
      inputs: [
        ...sources,
        '{workspaceRoot}/tsconfig.spec.json',
        '{workspaceRoot}/types/**/*',
        '{workspaceRoot}/tools/nx-plugin/src/typecheck.ts',
        { externalDependencies: ['typescript'] },
      ],
      metadata: { description: 'Checks the types of the specs' },
    },
    test: {
      ...check,
      command: `vitest run --passWithNoTests ${projectRoot}/`,
      inputs: [
        ...sources,
        '{workspaceRoot}/vitest.config.ts',
        '{workspaceRoot}/tools/vitest/**/*',
        { externalDependencies: ['vitest'] },
      ],
      metadata: { description: 'Runs the specs' },
    },
    lint: {
      ...check,
      command: `node tools/nx-plugin/dist/lint.js --no-cache ${projectRoot}`,
      inputs: [
        ...sources,
        '{workspaceRoot}/eslint.config.mjs',
        '{workspaceRoot}/tools/nx-plugin/src/{lint,boundaries}.ts',
        { externalDependencies: ['eslint', 'typescript-eslint', '@nx/eslint-plugin'] },
      ],
      metadata: { description: 'ESLint without warnings, with the layers of the packages' },
    },
  };
}
