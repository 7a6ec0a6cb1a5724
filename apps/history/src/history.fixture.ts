/** The whole service on real Postgres and NATS, beside two logs that a spec appends to: what sync and connections would be. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/nats-core';
import type { BalanceLine, BalanceSnapshotCaptured, historyRpc as rpc, LogPosition, RecordedTransaction, RequestOf, ResponseOf, RpcContract, RpcReply } from '@tidemark/contracts';
import { historyRpc } from '@tidemark/contracts';
import { EventLog, eventLogMigration, startEventLogServer } from '@tidemark/event-log';
import type { NewEvent } from '@tidemark/event-log';
import type { Clock } from '@tidemark/kernel';
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import type { Database, Provisioned } from '@tidemark/postgres';
import { waitForPositions } from '@tidemark/projections';
import { connectNats, createLogger, newId, RpcClient } from '@tidemark/service';
import type { RunningService } from '@tidemark/service';
import { ManualClock, startNats, testDatabase } from '@tidemark/testing';
import { Registry } from 'prom-client';
import { startHistory } from './app.js';
import type { Given } from './app.js';
import { historyConfig } from './config.js';
import type { PriceSupply, RunDeps } from './jobs/deps.js';
import { runMetrics } from './metrics.js';
import { READ_MODELS } from './reads/read-context.js';
import { reconstruct } from './reconstruction/reconstruct.js';

export const NOW = '2026-11-20T22:00:00.000Z';
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

export interface GivenAccount {
  readonly accountId: string;
  readonly connectionId: string;
  readonly userId: string;
  readonly provider: string;
}

/** One event of a spec: its stream, its type, its data. */
export type Said = readonly [stream: string, type: string, data: object];

export interface HistoryFixture {
  readonly database: Database;
  readonly owner: Database;
  readonly clock: ManualClock;
  readonly nats: NatsConnection;
  readonly urls: Provisioned;
  /** Another replica of the service. */
  start(given?: Given, settings?: Record<string, string>): Promise<RunningService>;
  call<C extends RpcContract>(contract: C, userId: string, payload: RequestOf<C>, after?: readonly LogPosition[]): Promise<RpcReply<ResponseOf<C>>>;
  /** All in one commit. */
  say(log: 'sync' | 'connections', userId: string, events: readonly Said[], time?: string): Promise<LogPosition[]>;
  seen(positions: readonly LogPosition[]): Promise<void>;
  /** Waits until the account's reconstruction has come to an end, at this revision or later. */
  finished(account: GivenAccount, revision?: number): Promise<rpc.Reconstruction>;
  /** Events of the log `history` about an account. */
  told(account: GivenAccount): Promise<{ type: string; data: Record<string, unknown> }[]>;
  close(): Promise<void>;
}

async function openLog(log: string, prefix: string, adminUrl: string, nats: NatsConnection) {
  const at = await provisionDatabase({ adminUrl, database: `${prefix}_${log}`, ownerPassword: 'o', servicePassword: 's' });
  await migrate({ ownerUrl: at.ownerUrl, serviceRole: at.serviceRole, migrations: [eventLogMigration(4)] });
  const store = await openDatabase({ url: at.serviceUrl, application: log, poolSize: 4 });
  const opened = new EventLog({ name: log, database: store, partitions: 4 });
  return { log: opened, store, running: await startEventLogServer({ log: opened, nats, logger: quiet }) };
}

export async function startFixture(name: string): Promise<HistoryFixture> {
  const [server, bus] = await Promise.all([testDatabase(name), startNats()]);
  const urls = await provisionDatabase({ adminUrl: server.adminUrl, database: `${server.prefix}_history`, ownerPassword: 'o', servicePassword: 's' });
  const database = await openDatabase({ url: urls.serviceUrl, application: 'spec', poolSize: 4 });
  const owner = await openDatabase({ url: urls.ownerUrl, application: 'owner', poolSize: 1 });
  const nats = await connectNats(bus.url, 'spec');
  const logs = { sync: await openLog('sync', server.prefix, server.adminUrl, nats), connections: await openLog('connections', server.prefix, server.adminUrl, nats) };
  const clock = new ManualClock(NOW);
  const client = new RpcClient({ nats });
  const running: RunningService[] = [];
  const env = { NATS_URL: bus.url, HISTORY_PG_URL: urls.serviceUrl, HISTORY_PG_OWNER_URL: urls.ownerUrl, HISTORY_HTTP_PORT: '0', LOG_LEVEL: process.env['HISTORY_SPEC_LOG'] ?? 'silent', TIDEMARK_PARTITIONS: '4', HISTORY_POLL: '50ms', HISTORY_LOCK: '1s' };
  const fixture: HistoryFixture = {
    database, owner, clock, nats, urls,
    start: async (given = {}, settings = {}) => {
      const service = await startHistory(historyConfig({ ...env, ...settings }), { clock, ...given });
      running.push(service);
      return service;
    },
    call: (contract, userId, payload, after = []) => client.call(contract, payload, { userId, requestId: newId(), after: [...after] }),
    say: async (log, userId, events, time = NOW) => {
      const done = await logs[log].log.transaction(async (tx) => {
        for (const [stream, type, data] of events) tx.append({ userId, stream, expectedVersion: 'any', events: [{ id: newId(), type, time, data }] satisfies NewEvent[] });
        await Promise.resolve();
      });
      if (!done.ok) throw new Error(JSON.stringify(done.error));
      return [...done.value.positions];
    },
    seen: async (positions) => {
      if (!(await waitForPositions(database, [...READ_MODELS, 'reconstruct-on-account'], positions, 10_000))) throw new Error(`not projected: ${JSON.stringify(positions)}`);
    },
    finished: (account, revision = 1) => finished(fixture, account, revision),
    told: async ({ accountId }) => (await database.query<{ type: string; data: Record<string, unknown> }>('SELECT type, data FROM log.event WHERE subject = $1 ORDER BY streamversion', [`history-${accountId}`])).rows,
    close: async () => {
      for (const service of running) await service.close();
      for (const { running: server, store } of Object.values(logs)) {
        await server.close();
        await store.close();
      }
      await nats.close();
      await Promise.all([database.close(), owner.close()]);
      await bus.stop();
      await server.drop();
    },
  };
  return fixture;
}

async function finished(fixture: HistoryFixture, { userId, accountId }: GivenAccount, revision: number): Promise<rpc.Reconstruction> {
  const end = performance.now() + 10_000;
  for (;;) {
    const reply = await fixture.call(historyRpc.getReconstruction, userId, { accountId });
    if (reply.ok && ['completed', 'failed'].includes(reply.value.status) && reply.value.revision >= revision) return reply.value;
    if (performance.now() > end) throw new Error(`not finished: ${JSON.stringify(reply)}`);
    await sleep(20);
  }
}

export async function discover(fixture: HistoryFixture, given: { userId?: string; provider?: string } = {}): Promise<GivenAccount> {
  const account = { accountId: newId(), connectionId: newId(), userId: given.userId ?? newId(), provider: given.provider ?? 'plaid' };
  const { accountId, connectionId, userId, provider } = account;
  await fixture.seen(await fixture.say('connections', userId, [[`connection-${connectionId}`, 'AccountDiscovered', {
    userId, connectionId, accountId, provider, institutionId: 'inst', institutionName: 'An institution',
    details: { providerAccountId: accountId, name: 'An account', officialName: null, type: 'investment', subtype: null, mask: '1234', numberHash: null, currency: 'USD' },
    capabilities: { trading: false, realtime: false, positions: true, transactions: provider !== 'manual' },
  }]]));
  return account;
}

export const usd = (quantity: string): BalanceLine => ({ asset: 'currency:USD', quantity });
export const stock = (symbol: string, quantity: string): BalanceLine => ({ asset: `equity:${symbol}`, quantity, symbol, currency: 'USD' });

export function snapshotOf(account: GivenAccount, capturedAt: string, balances: readonly BalanceLine[], syncId: string | null): Said {
  const data: BalanceSnapshotCaptured = {
    ...account, snapshotId: newId(), syncId, capturedAt, providerAsOf: null, source: 'account_sync', currency: 'USD', totals: { balance: null }, balances: [...balances], providerMetadata: {},
  };
  return [`account-${account.accountId}`, 'BalanceSnapshotCaptured', data];
}

/** As Plaid has it: a buy has a positive quantity and takes cash. */
export function trade(date: string, side: 'buy' | 'sell', symbol: string, quantity: string, amount: string, given: Partial<RecordedTransaction> = {}): RecordedTransaction {
  const transactionId = newId();
  return {
    transactionId, identity: transactionId, date, providerType: side, providerSubtype: side, description: null, asset: `equity:${symbol}`, quantity: side === 'buy' ? quantity : `-${quantity}`, price: null, fees: null,
    amount: side === 'buy' ? `-${amount}` : amount, currency: 'USD', original: { investment_transaction_id: transactionId }, ...given,
  };
}

export function recorded({ userId, connectionId, accountId, provider }: GivenAccount, transactions: readonly RecordedTransaction[], syncId: string): Said {
  return [`account-${accountId}`, 'TransactionsRecorded', { userId, connectionId, accountId, syncId, provider, page: 1, pages: 1, transactions: [...transactions] }];
}

export function corrected({ userId, connectionId, accountId, provider }: GivenAccount, changed: readonly RecordedTransaction[], withdrawn: readonly RecordedTransaction[], syncId: string): Said {
  return [`account-${accountId}`, 'TransactionsCorrected', { userId, connectionId, accountId, syncId, provider, changed: [...changed], withdrawn: withdrawn.map(({ transactionId, identity }) => ({ transactionId, identity, reason: 'the provider withdrew it' })) }];
}

export function completed({ userId, connectionId, provider }: GivenAccount, syncId: string): Said {
  return [`connection-sync-${connectionId}`, 'SyncCompleted', { userId, connectionId, syncId, provider, accounts: 1, snapshots: 1, transactions: 1, durationMs: 5, notes: [] }];
}

/** What a worker beside the service's own is given. */
export function workerDeps(database: Database, supply: PriceSupply, clock: Clock): RunDeps {
  return {
    database, supply, reconstruct, log: new EventLog({ name: 'history', database, partitions: 4 }), clock, logger: createLogger({ service: 'spec', level: 'silent' }), metrics: runMetrics(new Registry()), wake: () => undefined,
    settings: { batch: 16, concurrency: 1, lockMs: 1_000, pollMs: 50, gatherMs: 1_000, patienceMs: 1_000 },
  };
}
