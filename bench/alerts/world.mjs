/** Users with one account and one rule each, and what happens to them: events that concern their rule, those that do not, those that make it true. */
import { alertsRpc } from '@tidemark/contracts';
import { newId } from '../pipeline/work-load.mjs';

/** Of five users each has one of these. */
const RULES = [
  { kind: 'balance_below', condition: { amount: { amount: '1000', currency: 'USD' } } },
  { kind: 'large_transaction', condition: { amount: { amount: '5000', currency: 'USD' } } },
  { kind: 'sync_failing', condition: { failures: 1 } },
  { kind: 'reauthentication_required', condition: {} },
  { kind: 'discrepancy_opened', condition: {} },
];

export function people(count) {
  return Array.from({ length: count }, (_, number) => ({ userId: `bench-user-${number}`, connectionId: newId(), accountId: newId(), rule: RULES[number % RULES.length] }));
}

export async function discover({ connections }, person) {
  const { userId, connectionId, accountId } = person;
  const details = { providerAccountId: accountId, name: 'Bench', officialName: null, type: 'investment', subtype: null, mask: null, numberHash: null, currency: 'USD' };
  const data = { userId, connectionId, accountId, provider: 'snaptrade', institutionId: 'bench', institutionName: 'Bench', details, capabilities: { trading: false, realtime: false, positions: true, transactions: true } };
  await append(connections, person, 'AccountDiscovered', data);
}

export async function setRule({ rpc, receiver }, { userId, rule }) {
  const answer = await rpc.call(alertsRpc.createAlertRule, { name: 'Bench', ...rule, quietSeconds: 0, deliveries: [{ kind: 'webhook', url: receiver.url }], webhookSecret: 'a secret that is long enough' }, { userId, requestId: newId() });
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
}

/** Events that are as frequent as these are, and that make no rule true. */
export function ordinary(person, number) {
  const of = number % 10;
  if (of < 4) return snapshot(person, '50000');
  if (of < 8) return transactions(person, '-12.5');
  return { log: 'sync', type: 'SyncCompleted', data: { ...sync(person), accounts: 1, snapshots: 1, transactions: 2, durationMs: 800, notes: [] } };
}

/** The event that makes the rule of this person true. */
export function crossing(person) {
  switch (person.rule.kind) {
    case 'balance_below': return snapshot(person, '900');
    case 'large_transaction': return transactions(person, '-7500');
    case 'sync_failing': return { log: 'sync', type: 'SyncFailed', data: { ...sync(person), code: 'provider_error', class: 'retry', detail: 'it failed', retryable: false, retryAt: null } };
    case 'reauthentication_required': return { log: 'connections', type: 'ReauthenticationRequired', data: { userId: person.userId, connectionId: person.connectionId, code: 'ITEM_LOGIN_REQUIRED', detail: 'log in again' } };
    default: return discrepancy(person);
  }
}

/** @returns {Promise<string>} the event's id */
export async function happen(logs, person, { log, type, data }) {
  return append(logs[log], person, type, data);
}

async function append(log, { userId, accountId }, type, data) {
  const id = type === 'BalanceSnapshotCaptured' ? data.snapshotId : newId();
  const done = await log.append({ userId, stream: `account-${accountId}`, expectedVersion: 'any', events: [{ id, type, time: new Date().toISOString(), data }] });
  if (!done.ok) throw new Error(JSON.stringify(done.error));
  return id;
}

const sync = ({ userId, connectionId }) => ({ userId, connectionId, syncId: newId(), provider: 'snaptrade' });

function snapshot({ userId, connectionId, accountId }, cash) {
  const shares = Array.from({ length: 5 }, (_, at) => ({ asset: `provider:snaptrade:B${at}`, quantity: '0.01', name: `Bench ${at}`, currency: 'USD', price: '1', priceAsOf: new Date().toISOString() }));
  const data = { snapshotId: newId(), userId, connectionId, accountId, provider: 'snaptrade', syncId: null, capturedAt: new Date().toISOString(), providerAsOf: null, source: 'scheduled_sync', currency: 'USD', totals: { balance: null }, balances: [{ asset: 'currency:USD', quantity: cash }, ...shares], providerMetadata: {} };
  return { log: 'sync', type: 'BalanceSnapshotCaptured', data };
}

function transactions({ userId, connectionId, accountId }, amount) {
  const one = (at) => ({ transactionId: newId(), identity: newId(), date: '2026-11-20', providerType: 'FEE', providerSubtype: null, description: 'bench', asset: null, quantity: null, price: null, fees: null, amount: at === 0 ? amount : '-1', currency: 'USD', original: {} });
  return { log: 'sync', type: 'TransactionsRecorded', data: { ...sync({ userId, connectionId }), accountId, page: 1, pages: 1, transactions: [0, 1, 2].map(one) } };
}

function discrepancy({ userId, accountId }) {
  const data = { userId, discrepancyId: newId(), accountId, asset: 'equity:AAPL', kind: 'mismatch', runId: newId(), basis: { kind: 'snapshot', id: newId(), at: new Date().toISOString() }, expected: '10', actual: '9', difference: '-1', divergence: null, explanations: [], audit: { sequence: 1, hash: 'a'.repeat(64) } };
  return { log: 'reconciliation', type: 'DiscrepancyOpened', data };
}
