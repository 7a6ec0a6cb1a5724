/** What .ci/run counts and how it exits, with an npm of the test's own in front of it. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../style/repository.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-ci-'));
  mkdirSync(join(folder, '.ci'));
  cpSync(join(root, '.ci/run'), join(folder, '.ci/run'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  results?: Partial<Record<'numPassedTests' | 'numFailedTests' | 'numRuntimeErrorTestSuites' | 'numPendingTests', number>>;
  testStatus?: number;
  failing?: string;
}

/** @returns the last line and the exit status */
function ci({ results, testStatus = 0, failing = 'nothing' }: Outcome): [string | undefined, number | null] {
  const json = JSON.stringify({ numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 0, numPendingTests: 0, numTodoTests: 0, ...results });
  const write = results ? `echo '${json}' > .tidemark/jest-results.json; ` : '';
  writeFileSync(join(folder, 'npm'), `#!/bin/sh\ncase "$*" in test*) ${write}exit ${testStatus};; *${failing}*) exit 1;; esac\n`);
  chmodSync(join(folder, 'npm'), 0o755);
  const done = spawnSync('bash', [join(folder, '.ci/run')], { encoding: 'utf8', env: { ...process.env, PATH: `${folder}:${process.env['PATH']}` } });
  return [done.stdout.trimEnd().split('\n').at(-1), done.status];
}

describe('.ci/run', () => {
  it('adds each step to the tests', () => {
    expect(ci({ results: { numPassedTests: 40, numPendingTests: 1 } })).toEqual(['44 passed, 0 failed', 0]);
    expect(ci({ results: { numPassedTests: 40 } })).toEqual(['44 passed, 0 failed', 0]);
  });

  it.each<[string, Outcome, string]>([
    ['a test fails', { results: { numPassedTests: 39, numFailedTests: 1 }, testStatus: 1 }, '43 passed, 1 failed'],
    ['a spec does not even run', { results: { numPassedTests: 39, numRuntimeErrorTestSuites: 1 }, testStatus: 1 }, '43 passed, 1 failed'],
    ['Jest fails though no test did', { results: { numPassedTests: 40 }, testStatus: 1 }, '44 passed, 1 failed'],
    ['nothing could be set up', { testStatus: 1 }, '4 passed, 1 failed'],
    ['no test ran though npm said yes', {}, '4 passed, 1 failed'],
    ...['lint', 'types', 'boundaries', 'generate'].map((step): [string, Outcome, string] => [`${step} fails`, { results: { numPassedTests: 40 }, failing: step }, '43 passed, 1 failed']),
  ])('fails when %s', (_what, outcome, line) => {
    expect(ci(outcome)).toEqual([line, 1]);
  });
});
