/**
 * The house style as tests. Every rule is run over the whole repository, and over a fixture that breaks it, so that a rule
 * that can no longer fail fails here. The rules themselves are in `rules/`.
 */
import { describe, expect, it } from '@jest/globals';
import { noSwallowedErrors } from './rules/errors.js';
import { fileLength, functionLength, lengths, typicalLength } from './rules/length.js';
import { noBarrels, noConsole, noDeadFiles } from './rules/modules.js';
import { exportedNames, fileNames } from './rules/names.js';
import { pureCodeIsPure } from './rules/purity.js';
import { decisionsAreTested, libsHaveAnIndex, noFocusedTests, noUnexplainedSkips } from './rules/tests.js';
import { noMachineTraces } from './rules/traces.js';
import { repositoryFiles } from './repository.js';
import type { Rule, SourceFile } from './source-file.js';

const file = (path: string, text = ''): SourceFile => ({ path, text });
const lines = (count: number, line = 'x;') => `${line}\n`.repeat(count);

/** What breaks the rule, and what looks like it but is sound. */
const RULES: Record<string, { rule: Rule; bad: SourceFile[][]; good: SourceFile[] }> = {
  'a file has at most 300 lines': { rule: fileLength, bad: [[file('libs/a/src/a.ts', lines(301))]], good: [file('libs/a/src/a.ts', lines(300)), file('apps/a/src/migrations/1.ts', lines(900))] },
  'a function has at most 70 lines': {
    rule: functionLength,
    bad: [[file('apps/a/src/a.ts', `export function a() {\n${lines(70)}}`)], [file('apps/a/src/a.ts', `class A {\n  m = () => {\n${lines(70)}};\n}`)]],
    good: [file('apps/a/src/a.ts', `function a() {\n${lines(68)}}`), file('apps/a/src/a.spec.ts', `describe('a', () => {\n${lines(100)}});`)],
  },
  'the median file has at most 80 lines, nine of ten at most 200': {
    rule: typicalLength,
    bad: [[file('a.ts', lines(81))], [file('a.ts'), file('b.ts'), file('c.ts'), file('d.ts', lines(201))]],
    good: [file('a.ts', lines(80))],
  },
  'no test is focused': { rule: noFocusedTests, bad: [[file('a.spec.ts', ['it', 'only("a")'].join('.'))], [file('a.spec.ts', `${'f'}describe('a')`)]], good: [file('a.spec.ts', 'it("profit(1)")')] },
  'a skipped test says why': {
    rule: noUnexplainedSkips,
    bad: [[file('a.spec.ts', ['it', 'skip("a")'].join('.'))], [file('a.spec.ts', 'x' + 'it("a")')]],
    good: [file('a.spec.ts', `// the specs are not in this clone\n${['it', 'skip("a")'].join('.')}`)],
  },
  'a decision has its spec beside it': { rule: decisionsAreTested, bad: [[file('apps/a/src/a.decide.ts')]], good: [file('apps/a/src/a.decide.ts'), file('apps/a/src/a.decide.spec.ts')] },
  'a lib has a root index': { rule: libsHaveAnIndex, bad: [[file('libs/a/src/a.ts')]], good: [file('libs/a/src/index.ts')] },
  'pure code asks neither clock nor chance nor process': {
    rule: pureCodeIsPure,
    bad: ['Date.now()', 'new Date()', 'Math.random()', 'process.env.A', 'setTimeout(f)'].map((text) => [file('libs/money/src/a.ts', text)]).concat([[file('apps/a/src/a.decide.ts', 'const now = Date.now();')]]),
    good: [file('libs/kernel/src/a.ts', 'new Date(ms); // not Date.now()'), file('apps/a/src/a.ts', 'Date.now()')],
  },
  "a file's name says what it knows": {
    rule: fileNames,
    bad: ['libs/a/src/string-utils.ts', 'libs/common/src/a.ts', 'apps/a/src/sync.manager.ts', 'apps/a/src/projection-base.ts'].map((path) => [file(path)]),
    good: [file('tsconfig.base.json'), file('apps/a/src/base-currency.ts'), file('apps/a/src/aws-secrets-manager.ts'), file('apps/a/src/database.ts')],
  },
  "an export's name says what it is": {
    rule: exportedNames,
    bad: ['export class SyncManager {}', 'export const dateUtil = 1;', 'export abstract class BaseProjection {}', 'const a = 1; export { a as aHelper };'].map((text) => [file('libs/a/src/a.ts', text)]),
    good: [file('libs/a/src/a.ts', 'export const baseCurrency = 1; export interface Database {} export const basePath = 1; const localHelper = 1;')],
  },
  'only a package root re-exports, and by name': {
    rule: noBarrels,
    bad: [[file('libs/a/src/b/index.ts', `export { a } from './a.js';`)], [file('libs/a/src/index.ts', `export * from './a.js';`)], [file('libs/a/src/b.ts', `export * as a from './a.js';`)]],
    good: [file('libs/a/src/c.ts', `export type { Logger } from 'pino';`), file('libs/a/src/index.ts', `export { a } from './a.js'; export * as b from './b.js';`), file('libs/a/src/b.ts', 'const a = 1; export { a };')],
  },
  'no file is dead': {
    rule: noDeadFiles,
    bad: [[file('libs/a/src/index.ts', `export { a } from './a.js';`), file('libs/a/src/a.ts'), file('libs/a/src/dead.ts')]],
    good: [file('libs/a/src/index.ts', `export { a } from './a.js';`), file('libs/a/src/a.ts', `import type { B } from './deep/b.js';`), file('libs/a/src/deep/b.ts')],
  },
  'product code does not print': { rule: noConsole, bad: [[file('apps/sync/src/a.ts', `console.log('a')`)]], good: [file('apps/ops/src/a.ts', `console.log('a')`), file('apps/sync/src/main.ts', `console.error('a')`)] },
  'no error is swallowed': {
    rule: noSwallowedErrors,
    bad: ['try { a(); } catch {}', 'try { a(); } catch (e) { /* never */ }', 'a().catch(() => undefined);', 'a().catch(() => {});'].map((text) => [file('libs/a/src/a.ts', text)]),
    good: [file('libs/a/src/a.ts', '// the connection is gone already\na().catch(() => undefined);'), file('libs/a/src/b.ts', 'try { a(); } catch (e) { log(e); }'), file('libs/a/src/c.ts', 'try { a(); } catch {\n  // falls through: the message would quote a secret\n}')],
  },
  'nothing names a machine or a registry': {
    rule: noMachineTraces,
    bad: [`read('${'/wo'}rk/x')`, `x=${'/ro'}ot/a`, `https://${'registry.npm'}js.org/`].map((text) => [file('docs/a.md', text)]),
    good: [file('docs/a.md', 'see ../shared/specs, https://example.org/work/x and the network/root of it')],
  },
};

describe.each(Object.entries(RULES))('%s', (_name, { rule, bad, good }) => {
  it('holds everywhere', () => {
    expect(rule(FILES)).toEqual([]);
  });

  it.each(bad.map((files) => [files.map(({ path, text }) => `${path} ${text.slice(0, 40).replaceAll('\n', ' ')}`).join(' + '), files] as const))('fails on %s', (_shown, files) => {
    expect(rule(files)).not.toEqual([]);
  });

  it('leaves what is sound alone', () => {
    expect(rule(good)).toEqual([]);
  });
});

const FILES = repositoryFiles();

it('sees the repository', () => {
  expect(FILES.length).toBeGreaterThan(100);
  const { median, p90 } = lengths(FILES);
  process.stdout.write(`file lengths: median ${median}, ninetieth percentile ${p90}\n`);
});
