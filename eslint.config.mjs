import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';
import { elementAssertion } from './tools/nx-plugin/dist/element-assertion.js';

/** The floors of libs/ from the ground up, and the apps above them: imports go to lower floors. */
const layers = ['base', 'challenge', 'imaging', 'learning', 'pipeline', 'pages', 'app'];
/** What a floor may import of a higher one: the HTML kit knows no models, and predict writes its pages with it. */
const upward = { pipeline: ['kit:html'] };
const downward = layers.map((layer, height) => ({
  sourceTag: `layer:${layer}`,
  onlyDependOnLibsWithTags: [
    ...layers.slice(0, height).map((below) => `layer:${below}`),
    // Within a floor only the packages that say so in their package.json are imported, e.g. nn on the floor of learning.
    `sideways:${layer}`,
    ...(upward[layer] ?? []),
  ],
}));

export default tseslint.config(
  {
    ignores: [
      '**/dist',
      '**/coverage',
      '.nx',
      'demo',
      'input',
      'output',
      'intermediate_output',
      '**/fixtures/**',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  ...tseslint.configs.strict,
  prettier,
  {
    files: ['**/*.ts', '**/*.mts', '**/*.mjs'],
    plugins: { '@nx': nx },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      // ichor/element-assertion, which knows types, allows it on typed arrays.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      // `number | void` says that a callback may return nothing.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // A constructor of an error that only passes its details on narrows their type.
      '@typescript-eslint/no-useless-constructor': 'off',
      eqeqeq: ['error', 'always'],
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.property.name='env'] > Literal[value=/^ICHOR_/]",
          message: 'Environment variables are named in libs/base/files/src/environment.ts: use readVariable.',
        },
      ],
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          // The examples of the READMEs import their package as its users do.
          allowCircularSelfDependency: true,
          allow: [],
          depConstraints: [
            ...downward,
            {
              sourceTag: 'layer:tool',
              onlyDependOnLibsWithTags: ['layer:tool', ...layers.map((l) => `layer:${l}`)],
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    // The only rule that needs types.
    files: ['{apps,libs,tools}/**/src/**/*.ts'],
    ignores: ['**/*.spec.ts', 'tools/vitest/**'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { ichor: { rules: { 'element-assertion': elementAssertion } } },
    rules: { 'ichor/element-assertion': 'error' },
  },
  {
    // Tests set what programs read.
    files: ['**/*.spec.ts', 'tools/vitest/**'],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
