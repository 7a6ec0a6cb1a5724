/** What docs/reconciliation.md says of settings, files and the audit trail is what the service does. */
import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { reconciliationRpc } from '@tidemark/contracts';
import type { Setting } from '@tidemark/service';
import { hashOf } from './audit/chain-entry.js';
import { sealOf } from './audit/seal.js';
import { SCHEMA } from './config.js';
import { readCsv } from './imports/read-csv.js';
import { reportCsv } from './reports/report-csv.js';
import { DEFAULT_TOLERANCE } from './tolerance-setting.js';

const PAGE = readFileSync(new URL('../../../docs/reconciliation.md', import.meta.url), 'utf8');

/** Settings that every service has, or that belong to providers and credentials, are in the README. */
const OWN: Record<string, Setting<unknown>> = Object.fromEntries(Object.entries(SCHEMA).filter(([name]) => name.startsWith('RECONCILIATION_') || name === 'AUDIT_KEY'));

const section = (title: string): string => PAGE.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
const block = (kind: string): string => PAGE.split(`\n\`\`\`${kind}\n`)[1]?.split('\n```')[0] ?? '';

describe('the options on the page', () => {
  const documented = new Map([...section('Options').matchAll(/^\| `([A-Z_]+)`( †)? \| ([^|]+) \| ([^|]+) \|$/gm)].map(([, name = '', file, written = '', meaning = '']) => [name, { fromFile: file !== undefined, written: written.replaceAll('`', '').trim(), meaning }]));

  it('are all that there are', () => {
    expect([...documented.keys()].sort()).toEqual(Object.keys(OWN).sort());
  });

  it.each(Object.entries(OWN))('%s has the default that it has', (name, setting) => {
    const { written, fromFile, meaning } = documented.get(name) ?? { written: 'nothing', fromFile: false, meaning: '' };
    expect(fromFile).toBe(setting.fromFile === true);
    expect(meaning.length).toBeGreaterThan(10);
    if (setting.fallback === undefined) expect(written).toBe('required');
    else if (setting.fallback.value === undefined) expect(['none', 'see below']).toContain(written);
    else expect(setting.parse(written)).toEqual(setting.fallback.value);
  });

  it('have the tolerance that holds where none is configured', () => {
    expect(JSON.parse(block('json tolerance'))).toEqual(DEFAULT_TOLERANCE);
  });
});

describe('the files on the page', () => {
  it('can be imported', () => {
    expect(readCsv(block('csv'))).toMatchObject({ ok: true, value: [{ asset: 'equity:AAPL' }, { quantity: '-2' }, { asset: 'currency:USD', quantity: '250.00' }] });
  });

  it('have the columns of a report', () => {
    const report = { accountReports: [] } as unknown as reconciliationRpc.Report;
    const listed = section('Reports').split('The columns are')[1]?.split('. Names')[0] ?? '';
    expect([...listed.matchAll(/`(\w+)`/g)].map(([, name]) => name).join(',')).toBe(reportCsv(report).trim());
  });
});

describe('the audit trail on the page', () => {
  const told = section('Audit trail');

  it('has every kind of entry and every problem', () => {
    const problems = ['changed', 'removed', 'inserted', 'reordered', 'cut_off', 'unanchored'];
    expect(reconciliationRpc.AUDIT_KINDS.filter((kind) => !told.includes(`\`${kind}\``))).toEqual([]);
    expect([...told.matchAll(/^\| `(\w+)` \|/gm)].map(([, problem]) => problem).slice(1)).toEqual(problems);
    expect(JSON.stringify(reconciliationRpc.AuditVerdict)).toContain(JSON.stringify(problems));
  });

  it('is hashed as the page says', async () => {
    const key = randomBytes(32);
    const entry = { sequence: 3, at: '2026-11-21T10:00:00.000Z', kind: 'run_requested', subject: 'Zoë "7"', previousHash: 'a'.repeat(64) };
    const data = { accounts: [{ b: null, a: '1.50' }], Z: true };
    const published = (await import(`data:text/javascript,${encodeURIComponent(block('js audit-hash'))}`)) as { hashOf(entry: object, userId: string, key: Uint8Array): string };
    const hash = hashOf({ ...entry, data: '{"Z":true,"accounts":[{"a":"1.50","b":null}]}' }, sealOf(key, 'ann'));
    expect(published.hashOf({ ...entry, data, hash }, 'ann', key)).toBe(hash);
  });
});
