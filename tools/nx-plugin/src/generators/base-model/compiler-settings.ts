/** The tsconfig.json of a model in the repository of Ichor, whose packages refer to each other's sources. */
export const inRepository = {
  extends: '../../tsconfig.base.json',
  compilerOptions: { rootDir: 'src', outDir: 'dist', tsBuildInfoFile: 'dist/tsconfig.tsbuildinfo' },
  include: ['src/**/*.ts'],
  exclude: ['src/**/*.spec.ts'],
  references: [{ path: '../../libs/learning/base-model' }, { path: '../../libs/pipeline/training' }],
};

/** The same elsewhere, where the packages are installed: it extends nothing, since a base may forbid output. */
export const elsewhere = {
  compilerOptions: {
    target: 'es2023',
    module: 'nodenext',
    strict: true,
    composite: true,
    declarationMap: true,
    sourceMap: true,
    types: ['node'],
    rootDir: 'src',
    outDir: 'dist',
    tsBuildInfoFile: 'dist/tsconfig.tsbuildinfo',
  },
  include: ['src/**/*.ts'],
  exclude: ['src/**/*.spec.ts'],
};
