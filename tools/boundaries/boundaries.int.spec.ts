/** Shows that every dependency rule can fail: a small tree that breaks one of them at a time is judged by the real rules. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const rules = (createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as { forbidden: { name: string }[] }).forbidden.map(({ name }) => name);
let tree: string;

/** Files that break a rule, and the rule. An import of a package resolves through the real node_modules. */
const BREACHES: Record<string, Record<string, string>> = {
  'no-circles': { 'apps/sync/src/a.ts': `import type { B } from './b.js';\nexport interface A { b: B }`, 'apps/sync/src/b.ts': `import type { A } from './a.js';\nexport interface B { a: A }` },
  'layer-kernel': { 'libs/kernel/src/a.ts': `import { x } from '../../money/src/x.js';\nexport const a = x;`, 'libs/money/src/x.ts': 'export const x = 1;' },
  'layer-money': { 'libs/money/src/a.ts': `import type { EventEnvelope } from '@tidemark/contracts';\nexport type A = EventEnvelope;` },
  'layer-contracts': { 'libs/contracts/src/a.ts': `import { x } from '../../postgres/src/x.js';\nexport const a = x;`, 'libs/postgres/src/x.ts': 'export const x = 1;' },
  'layer-transactions': { 'libs/transactions/src/a.ts': `import { x } from '../../postgres/src/x.js';\nexport const a = x;`, 'libs/postgres/src/x.ts': 'export const x = 1;' },
  'layer-market': { 'libs/market/src/a.ts': `import { x } from '../../postgres/src/x.js';\nexport const a = x;`, 'libs/postgres/src/x.ts': 'export const x = 1;' },
  'layer-postgres': { 'libs/postgres/src/a.ts': `import { x } from '../../event-log/src/x.js';\nexport const a = x;`, 'libs/event-log/src/x.ts': 'export const x = 1;' },
  'layer-event-log': { 'libs/event-log/src/a.ts': `import { x } from '../../projections/src/x.js';\nexport const a = x;`, 'libs/projections/src/x.ts': 'export const x = 1;' },
  'layer-providers': { 'libs/providers/src/a.ts': `import { x } from '../../service/src/x.js';\nexport const a = x;`, 'libs/service/src/x.ts': 'export const x = 1;' },
  'layer-service': { 'libs/service/src/a.ts': `import { x } from '../../event-log/src/x.js';\nexport const a = x;`, 'libs/event-log/src/x.ts': 'export const x = 1;' },
  'layer-credentials': { 'libs/credentials/src/a.ts': `import { x } from '../../providers/src/x.js';\nexport const a = x;`, 'libs/providers/src/x.ts': 'export const x = 1;' },
  'layer-projections': { 'libs/projections/src/a.ts': `import { x } from '../../testing/src/x.js';\nexport const a = x;`, 'libs/testing/src/x.ts': 'export const x = 1;' },
  'libs-below-apps': { 'libs/service/src/a.ts': `import { x } from '../../../apps/sync/src/x.js';\nexport const a = x;`, 'apps/sync/src/x.ts': 'export const x = 1;' },
  'app-imports-no-app': { 'apps/gateway/src/a.ts': `import { x } from '../../sync/src/x.js';\nexport const a = x;`, 'apps/sync/src/x.ts': 'export const x = 1;' },
  'testing-only-in-tests': { 'apps/sync/src/a.ts': `import { x } from '../../../libs/testing/src/x.js';\nexport const a = x;`, 'libs/testing/src/x.ts': 'export const x = 1;' },
  'fixtures-only-in-tests': { 'apps/sync/src/a.ts': `import { x } from './testing/x.js';\nexport const a = x;`, 'apps/sync/src/testing/x.ts': 'export const x = 1;' },
  'jetstream-behind-the-log': { 'apps/sync/src/a.ts': `import { jetstream } from '@nats-io/jetstream';\nexport const a = jetstream;` },
  'driver-behind-postgres': { 'libs/service/src/a.ts': `import type { Pool } from 'pg';\nexport type A = Pool;` },
  'pure-no-node': { 'apps/sync/src/a.decide.ts': `import { randomUUID } from 'node:crypto';\nexport const a = randomUUID;` },
  'pure-no-drivers': { 'libs/kernel/src/a.ts': `import { Injectable } from '@nestjs/common';\nexport const a = Injectable;` },
  'no-unresolvable': { 'apps/sync/src/a.ts': `import { x } from './nowhere.js';\nexport const a = x;` },
};

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'tidemark-boundaries-'));
  for (const file of ['tsconfig.json', 'tsconfig.base.json', 'package.json']) cpSync(join(root, file), join(tree, file));
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
});
afterAll(() => rmSync(tree, { recursive: true, force: true }));

interface Violation {
  rule: { name: string };
  from: string;
}

/** The breaches live side by side in one tree (one run of the cruiser takes over a second): file names carry their rule's. */
function underItsRule(rule: string, files: Record<string, string>): Record<string, string> {
  const rename = (text: string) => text.replace(/\/([abx])((\.decide)?\.[tj]s)/g, `/${rule}.$1$2`);
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [rename(path), rename(text)]));
}

function cruise(files: Record<string, string>): Violation[] {
  for (const folder of ['apps', 'libs']) {
    rmSync(join(tree, folder), { recursive: true, force: true });
    mkdirSync(join(tree, folder));
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const done = spawnSync(process.execPath, [cruiser, '--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json', 'apps', 'libs'], { cwd: tree, encoding: 'utf8', maxBuffer: 1e8 });
  if (!done.stdout) throw new Error(done.stderr);
  return (JSON.parse(done.stdout) as { summary: { violations: Violation[] } }).summary.violations;
}

describe('the dependency rules', () => {
  let violations: Violation[];
  beforeAll(() => {
    violations = cruise(Object.assign({}, ...Object.entries(BREACHES).map(([rule, files]) => underItsRule(rule, files))) as Record<string, string>);
  });

  it.each(Object.keys(BREACHES))('%s fails on a breach', (rule) => {
    expect(violations.filter(({ from }) => from.includes(`/${rule}.`)).map(({ rule }) => rule.name)).toContain(rule);
  });

  it('say nothing about a sound tree', () => {
    expect(
      cruise({
        'libs/postgres/src/a.ts': `import pg from 'pg';\nexport const a = pg;`,
        'apps/sync/src/a.ts': `import { ok } from '@tidemark/kernel';\nexport const a = ok;`,
        'apps/sync/src/a.spec.ts': `import { x } from '../../../libs/testing/src/x.js';\nx();`,
        'apps/sync/src/sync.fixture.ts': `import { x } from '../../../libs/testing/src/x.js';\nx();`,
        'libs/testing/src/x.ts': 'export const x = () => 1;',
      }),
    ).toEqual([]);
  });

  it('know every library', () => {
    const unknown = readdirSync(join(root, 'libs')).filter((name) => !rules.includes(`layer-${name}`));
    expect(unknown).toEqual([]);
  });

  it('have a breach each', () => {
    expect(Object.keys(BREACHES).sort()).toEqual(rules.filter((name) => name !== 'layer-testing').sort());
  });
});
