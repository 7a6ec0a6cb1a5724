/**
 * Errors only: what is worth saying fails the build. Layout is not linted, and what the style test (tools/style) and the
 * dependency rules check is not checked here again. The rules need types: they find what a reader does not see, such as
 * a promise that nobody awaits.
 */
import tseslint from 'typescript-eslint';

const off = (...rules) => Object.fromEntries(rules.map((rule) => [`@typescript-eslint/${rule}`, 'off']));

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', '.tidemark/**', 'coverage/**', 'bench/results/**', '**/*.d.mts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', prefer: 'type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: true, attributes: true } }],
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-param-reassign': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'a union of literals says the same and needs no run-time object' },
        { selector: "CallExpression[callee.name='parseFloat']", message: 'amounts are decimal strings: use @tidemark/money' },
        { selector: "CallExpression[callee.object.name='Number'][callee.property.name='parseFloat']", message: 'amounts are decimal strings: use @tidemark/money' },
      ],
      // An interface of promises is kept by functions that need not wait for anything.
      ...off('require-await', 'no-redundant-type-constituents'),
    },
  },
  {
    files: ['**/*.spec.ts', 'apps/*/testing/**/*.ts', 'libs/testing/**/*.ts', 'e2e/**/*.ts', 'simulation/**/*.ts', 'bench/**/*.ts'],
    // Tests read JSON answers of unknown shape, and the test itself says whether they are right.
    rules: off('no-unsafe-assignment', 'no-unsafe-member-access', 'no-unsafe-argument', 'no-unsafe-call', 'no-unsafe-return', 'no-explicit-any', 'unbound-method', 'only-throw-error'),
  },
  { files: ['apps/ops/**/*.ts', '**/main.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    rules: { eqeqeq: ['error', 'always', { null: 'ignore' }], 'no-var': 'error', 'prefer-const': 'error', 'no-unused-vars': ['error', { argsIgnorePattern: '^_' }], 'no-console': 'error' },
  },
);
