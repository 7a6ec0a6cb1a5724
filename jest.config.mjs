/**
 * One Jest for the whole house. The suffix tells a spec's cost: `.spec.ts` is pure and instant,
 * `.int.spec.ts` runs on real Postgres and NATS, `.e2e.spec.ts` on the composed stack.
 */
// Jest adds `import` or `require` itself, as the importing side asks: naming them here would mix both forms of a package.
const sources = ['tidemark-source', 'node', 'node-addons'];

export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/{libs,apps,tools,e2e,simulation,bench}/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/.tidemark/'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest', { swcrc: false, jsc: { target: 'es2024', parser: { syntax: 'typescript', decorators: true }, transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false }, keepClassNames: true }, module: { type: 'es6' }, sourceMaps: 'inline' }] },
  globalSetup: '<rootDir>/tools/jest/global-setup.mjs',
  globalTeardown: '<rootDir>/tools/jest/global-teardown.mjs',
  setupFiles: ['reflect-metadata'],
  testEnvironmentOptions: { customExportConditions: sources },
  testTimeout: 30_000,
};
