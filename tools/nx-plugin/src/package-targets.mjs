/** @typedef {import('@nx/devkit').TargetConfiguration} TargetConfiguration */

/**
 * What every package has: build, typecheck (of its specs), test, lint.
 *
 * @param {string} projectRoot relative to the workspace
 * @returns {Record<string, TargetConfiguration>}
 */
export function packageTargets(projectRoot) {
  const cwd = '{workspaceRoot}';
  return {
    build: {
      command: `tsc -b ${projectRoot}`,
      options: { cwd },
      cache: true,
      dependsOn: ['^build'],
      inputs: ['production', '^production', { externalDependencies: ['typescript'] }],
      outputs: ['{projectRoot}/dist'],
      metadata: { description: 'Compiles the package into dist' },
    },
    typecheck: {
      command: `node tools/nx-plugin/src/typecheck.mjs ${projectRoot}`,
      options: { cwd },
      cache: true,
      dependsOn: ['build', '^build'],
      inputs: [
        'default',
        '^production',
        '{workspaceRoot}/tsconfig.spec.json',
        '{workspaceRoot}/types/**/*',
        '{workspaceRoot}/tools/nx-plugin/src/typecheck.mjs',
        { externalDependencies: ['typescript'] },
      ],
      outputs: [],
      metadata: { description: 'Checks the types of the specs' },
    },
    test: {
      command: `vitest run --passWithNoTests ${projectRoot}/`,
      options: { cwd },
      cache: true,
      dependsOn: ['build', '^build'],
      inputs: [
        'default',
        '^production',
        '{workspaceRoot}/vitest.config.ts',
        '{workspaceRoot}/tools/summary-reporter.mjs',
        { externalDependencies: ['vitest'] },
      ],
      outputs: [],
      metadata: { description: 'Runs the specs' },
    },
    lint: {
      command: `node tools/nx-plugin/src/lint.mjs ${projectRoot}`,
      options: { cwd },
      cache: true,
      dependsOn: ['build', '^build'],
      inputs: [
        'default',
        '^production',
        '{workspaceRoot}/eslint.config.mjs',
        '{workspaceRoot}/tools/nx-plugin/src/{lint,boundaries}.mjs',
        { externalDependencies: ['eslint', 'typescript-eslint', '@nx/eslint-plugin'] },
      ],
      outputs: [],
      metadata: { description: 'ESLint without warnings, with the layers of the packages' },
    },
  };
}
