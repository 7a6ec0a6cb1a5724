/** What docs/alerts.md says is so: its rules are accepted, its tables are computed, its receiver is started and gets real deliveries. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ALERT_KINDS, alertsRpc, strict, Uuid } from '@tidemark/contracts';
import type { RequestOf } from '@tidemark/contracts';
import { fieldErrors } from '@tidemark/service';
import { waitUntil } from '@tidemark/testing';
import { targetErrors } from './deliveries/check-targets.js';
import { deliveryBench, SECRET } from './deliveries/deliveries.fixture.js';
import type { Bench } from './deliveries/deliveries.fixture.js';
import { deliverySettings } from './deliveries/settings.js';
import { ARMED, judgeLevel, standOf } from './evaluation/judge.decide.js';
import type { Level } from './evaluation/judge.decide.js';
import { decideRule } from './rule/rule.decide.js';

const page = readFileSync(new URL('../../../docs/alerts.md', import.meta.url), 'utf8');
const blocks = (name: string) => [...page.matchAll(/```(?:json|js) (\S+)\n([\s\S]*?)```/g)].filter(([, is]) => is === name).map(([, , text]) => text ?? '');
type Given = RequestOf<typeof alertsRpc.createAlertRule>;

describe('docs/alerts.md', () => {
  const rules = blocks('rule').map((text) => JSON.parse(text) as Given);

  it('has a rule of every kind, and each is accepted', () => {
    expect([...new Set(rules.map(({ kind }) => kind))].sort()).toEqual([...ALERT_KINDS].sort());
    const settings = { allow: { names: new Set<string>(), networks: [] }, mail: { url: 'smtp://x', from: { name: '', address: 'a@b.example' }, timeoutMs: 1, connections: 1 } };
    for (const rule of rules) expect([rule.name, fieldErrors(alertsRpc.createAlertRule.request, rule), decideRule(rule).ok, targetErrors(rule.deliveries, settings)]).toEqual([rule.name, null, true, []]);
    expect(fieldErrors(alertsRpc.createAlertRule.request, { ...rules[0], kind: 'balance_sideways' })).not.toBeNull();
  });

  it('explains hysteresis as it is computed', () => {
    const rows = [...page.matchAll(/^\| ([\d.]+) \| (armed|raised|\*\*alert\*\*) \|$/gm)];
    expect(rows).toHaveLength(7);
    let level: Level = ARMED;
    for (const [, value = '', said] of rows) {
      const judged = judgeLevel(level, standOf({ kind: 'balance_below', threshold: '1000', hysteresis: '2' }, value), { quietSeconds: 0, quietFrom: null }, 0);
      level = judged.level;
      expect([value, judged.raise ? '**alert**' : level.raised ? 'raised' : 'armed']).toEqual([value, said]);
    }
    const day = (figure: string) => standOf({ kind: 'day_change_percent', threshold: '5', hysteresis: '1' }, figure);
    expect([day('5'), day('4.01'), day('4')]).toEqual(['over', 'between', 'back']);
  });

  it('names the defaults of rules', () => {
    const of = (kind: Given['kind'], condition: Given['condition']) => {
      const decided = decideRule({ name: 'x', kind, condition, deliveries: [{ kind: 'live' }] });
      return decided.ok ? [decided.value.hysteresis, decided.value.quietSeconds] : decided.error;
    };
    expect([of('balance_below', { amount: { amount: '1000', currency: 'USD' } }), of('concentration_above', { percent: '1' }), of('discrepancy_opened', {}), of('large_transaction', { amount: { amount: '1', currency: 'USD' } })]).toEqual([['1', 3_600], ['0.5', 3_600], ['1', 0], ['1', 0]]);
  });

  it('shows a body that is one', () => {
    const [body] = blocks('webhook');
    expect(fieldErrors(strict({ deliveryId: Uuid, ...alertsRpc.AlertMessage.properties }), JSON.parse(body ?? ''))).toBeNull();
  });

  it('names every setting of the service', () => {
    const config = readFileSync(new URL('./config.ts', import.meta.url), 'utf8');
    const names = [...new Set([...Object.keys(deliverySettings), ...[...config.matchAll(/^ {2}(ALERTS_\w+):/gm)].map(([, name]) => name ?? '')])];
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
    const { ALERTS_WEBHOOK_TIMEOUT, ALERTS_RETRY_FOR, ALERTS_DELIVERY_CONCURRENCY, SMTP_TIMEOUT, SMTP_CONNECTIONS } = deliverySettings;
    expect([ALERTS_WEBHOOK_TIMEOUT, ALERTS_RETRY_FOR, ALERTS_DELIVERY_CONCURRENCY, SMTP_TIMEOUT, SMTP_CONNECTIONS].map(({ fallback }) => fallback?.value)).toEqual([10_000, 86_400_000, 128, 30_000, 5]);
  });
});

describe('the receiver of docs/alerts.md', () => {
  let bench: Bench;
  let folder: string;
  let receiver: ChildProcess;
  let said = '';
  let url = '';

  beforeAll(async () => {
    bench = await deliveryBench('alerts_page');
    folder = mkdtempSync(join(tmpdir(), 'tidemark-receiver-'));
    for (const name of ['verify.mjs', 'receiver.mjs']) writeFileSync(join(folder, name), blocks(name)[0] ?? '');
    receiver = spawn(process.execPath, [join(folder, 'receiver.mjs')], { env: { WEBHOOK_SECRET: SECRET, PORT: '0' }, stdio: ['ignore', 'pipe', 'inherit'] });
    receiver.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
    const port = await waitUntil(() => /listening on (\d+)/.exec(said)?.[1]);
    url = `http://127.0.0.1:${port}/`;
  });
  afterAll(async () => {
    receiver.kill();
    await bench.close();
    rmSync(folder, { recursive: true });
  });

  it('takes what is sent to it, once, and refuses what is not ours, was changed, or is old', async () => {
    const alert = await bench.raise([{ kind: 'webhook', url }], { name: 'Ünïcode — 低い' });
    bench.worker();
    await waitUntil(async () => (await bench.deliveries(alert.alertId))[0]?.status === 'delivered', { describe: () => `the delivery: ${said}` });
    expect(said).toContain(`Ünïcode — 低い: ${alert.message}\n`);

    const { signature } = await import('./deliveries/webhook/sign.js');
    const { rows } = await bench.database.query<{ body: string }>('SELECT body FROM delivery WHERE alert_id = $1', [alert.alertId]);
    const body = rows[0]?.body ?? '';
    const post = async (sent: string, header: string | null) => (await fetch(url, { method: 'POST', body: sent, headers: header === null ? {} : { 'tidemark-signature': header } })).status;
    const now = Date.now();
    expect(await post(body, signature(SECRET, body, now))).toBe(204);
    const refused = [
      post(body.replace('900.5', '9000.5'), signature(SECRET, body, now)), post(body, signature('another-secret-of-16', body, now)), post(body, signature(SECRET, body, now - 301_000)), post(body, signature(SECRET, body, now + 302_000)),
      post(body, null), post(body, 't=1'), post(body, signature(SECRET, body, now).replace(/t=\d+/, `t=${Math.floor(now / 1_000) - 1}`)), post(body, 'v1=zz,t=zz'), post(body, `${signature(SECRET, body, now)}00`),
    ];
    expect(await Promise.all(refused)).toEqual(Array(9).fill(401));
    expect(said.split('\n').filter((line) => line.includes(alert.message))).toHaveLength(1);
  });

  it('gets nothing from a rule with another secret', async () => {
    const alert = await bench.raise([{ kind: 'webhook', url }], { userId: 'bob' });
    bench.worker({ secretsOf: async (ruleIds) => new Map(ruleIds.map((id) => [id, 'another-secret-of-16'])) });
    await waitUntil(async () => (await bench.deliveries(alert.alertId))[0]?.lastError === 'it answered 401');
  });
});
