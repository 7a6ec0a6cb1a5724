/** The whole service on real Postgres and NATS, beside the logs that a spec appends to and the answers that it gives in the place of snapshots and history. */
import type { NatsConnection } from '@nats-io/nats-core';
import { Controller } from '@nestjs/common';
import { alertsRpc, historyRpc, problem, snapshotsRpc } from '@tidemark/contracts';
import type { AlertRaised, BalanceSnapshotCaptured, EventEnvelope, LogPosition, RequestOf, ResponseOf, RpcContext, RpcContract, RpcReply } from '@tidemark/contracts';
import { EventLog, eventLogMigration, startEventLogServer } from '@tidemark/event-log';
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { waitForPositions } from '@tidemark/projections';
import { answered, connectNats, createLogger, newId, refused, RpcClient, RpcMethod, startNest } from '@tidemark/service';
import type { RunningService } from '@tidemark/service';
import { ManualClock, startNats, testDatabase, waitUntil } from '@tidemark/testing';
import { startAlerts } from './app.js';
import { alertsConfig } from './config.js';

const PARTITIONS = 4;
const LOGS = ['sync', 'connections', 'reconciliation', 'history'] as const;
type LogName = (typeof LOGS)[number];
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** What every spec waits for before it looks. */
const READERS = ['accounts', 'connections', 'last-snapshots', 'rates', 'alerts-on-users', 'alerts-on-market'];

/** One event of a spec: its stream, its type, its data. */
export type Said = readonly [stream: string, type: string, data: object];

/** What a user's pages show, as a spec sets it. */
export interface Shown {
  value?: Partial<snapshotsRpc.PortfolioValue>;
  positions?: Partial<snapshotsRpc.PortfolioPositions>;
  allocation?: Partial<historyRpc.Allocation>;
  /** In place of an answer. */
  refuse?: 'unavailable' | 'not_found';
  stale?: boolean;
}

export interface AlertsFixture {
  readonly database: Database;
  readonly owner: Database;
  readonly clock: ManualClock;
  readonly nats: NatsConnection;
  readonly log: EventLog;
  /** By user. */
  readonly shown: Map<string, Shown>;
  /** What was asked for: the subject and the user, in order. */
  readonly asked: { readonly subject: string; readonly userId: string; readonly payload: object; readonly after: readonly LogPosition[] }[];
  /** Another replica of the service. */
  start(settings?: Record<string, string>): Promise<RunningService>;
  call<C extends RpcContract>(contract: C, userId: string, payload: RequestOf<C>, after?: readonly LogPosition[]): Promise<RpcReply<ResponseOf<C>>>;
  /** Sets a rule; throws where it is refused. */
  rule(userId: string, given: Partial<RequestOf<typeof alertsRpc.createAlertRule>>): Promise<ResponseOf<typeof alertsRpc.createAlertRule>>;
  /** All in one commit. @returns the positions, once the service has seen them */
  say(log: LogName, userId: string, events: readonly Said[]): Promise<LogPosition[]>;
  seen(positions: readonly LogPosition[]): Promise<void>;
  /** Nobody is due and every reactor has seen what was said. */
  settled(): Promise<void>;
  /** The events `AlertRaised` of a user, oldest first. */
  raised(userId: string): Promise<EventEnvelope<AlertRaised>[]>;
  close(): Promise<void>;
}

async function openLog(name: string, prefix: string, adminUrl: string, nats: NatsConnection) {
  const at = await provisionDatabase({ adminUrl, database: `${prefix}_${name}`, ownerPassword: 'o', servicePassword: 's' });
  await migrate({ ownerUrl: at.ownerUrl, serviceRole: at.serviceRole, migrations: [eventLogMigration(PARTITIONS)] });
  const store = await openDatabase({ url: at.serviceUrl, application: name, poolSize: 2 });
  const log = new EventLog({ name, database: store, partitions: PARTITIONS });
  const running = await startEventLogServer({ log, nats, logger: quiet });
  return { log, close: async () => { await running.close(); await store.close(); } };
}

export async function startFixture(name: string): Promise<AlertsFixture> {
  const [server, bus] = await Promise.all([testDatabase(name), startNats()]);
  const urls = await provisionDatabase({ adminUrl: server.adminUrl, database: `${server.prefix}_alerts`, ownerPassword: 'o', servicePassword: 's' });
  const database = await openDatabase({ url: urls.serviceUrl, application: 'spec', poolSize: 4 });
  const owner = await openDatabase({ url: urls.ownerUrl, application: 'owner', poolSize: 1 });
  const nats = await connectNats(bus.url, 'spec');
  const logs = new Map(await Promise.all(LOGS.map(async (one) => [one, await openLog(one, server.prefix, server.adminUrl, nats)] as const)));
  const log = new EventLog({ name: 'alerts', database, partitions: PARTITIONS });
  const clock = new ManualClock(Date.now());
  const client = new RpcClient({ nats });
  const { shown, asked, close: closeAnswers } = await startAnswers(bus.url, clock);
  const running: RunningService[] = [];
  const env = {
    NATS_URL: bus.url, ALERTS_PG_URL: urls.serviceUrl, ALERTS_PG_OWNER_URL: urls.ownerUrl, ALERTS_HTTP_PORT: '0', ALERTS_KEY: Buffer.alloc(32, 7).toString('base64'), TIDEMARK_PARTITIONS: String(PARTITIONS),
    LOG_LEVEL: process.env['ALERTS_SPEC_LOG'] ?? 'silent', ALERTS_POLL: '50ms', ALERTS_SWEEP: '200ms',
  };
  const said = new Map<string, LogPosition>();
  const seen = async (positions: readonly LogPosition[]): Promise<void> => {
    if (!(await waitForPositions(database, READERS, positions, 10_000))) throw new Error(`not seen: ${JSON.stringify(positions)}`);
  };
  const call: AlertsFixture['call'] = (contract, userId, payload, after = []) => client.call(contract, payload, { userId, requestId: newId(), after: [...after] });
  return {
    database, owner, clock, nats, log, shown, asked, call, seen,
    start: async (settings = {}) => {
      const service = await startAlerts(alertsConfig({ ...env, ...settings }), { clock });
      running.push(service);
      return { ...service, close: async () => { running.splice(running.indexOf(service), 1); await service.close(); } };
    },
    rule: async (userId, given) => {
      const reply = await call(alertsRpc.createAlertRule, userId, { name: 'a rule', kind: 'balance_below', deliveries: [{ kind: 'live' }], ...given });
      if (!reply.ok) throw new Error(JSON.stringify(reply.error));
      return reply.value;
    },
    say: async (to, userId, events) => {
      const done = await logs.get(to)?.log.transaction(async (tx) => {
        for (const [stream, type, data] of events) tx.append({ userId, stream, expectedVersion: 'any', events: [{ id: newId(), type, time: new Date(clock.now()).toISOString(), data }] });
        await Promise.resolve();
      });
      if (!done?.ok) throw new Error(JSON.stringify(done));
      for (const at of done.value.positions) said.set(`${at.log} ${at.partition}`, at);
      return [...done.value.positions];
    },
    settled: async () => {
      await seen([...said.values()]);
      await waitUntil(async () => (await database.query('SELECT 1 FROM due_user WHERE due_at <= $1', [new Date(clock.now()).toISOString()])).rowCount === 0, { describe: 'nobody to be due' });
    },
    raised: async (userId) => (await log.readPartition(log.partitionOf(userId), 0, 10_000, userId)).filter(({ type }) => type === 'AlertRaised') as EventEnvelope<AlertRaised>[],
    close: async () => {
      for (const service of running) await service.close();
      await closeAnswers();
      for (const one of logs.values()) await one.close();
      await nats.close();
      await Promise.all([database.close(), owner.close()]);
      await bus.stop();
      await server.drop();
    },
  };
}

/** The answers of snapshots and history, with what a spec sets for the user. */
async function startAnswers(natsUrl: string, clock: ManualClock) {
  const nats = await connectNats(natsUrl, 'answers');
  const shown: AlertsFixture['shown'] = new Map();
  const asked: AlertsFixture['asked'] = [];
  const answer = <T>(subject: string, payload: object, { userId, after = [] }: RpcContext, of: (shown: Shown) => T): RpcReply<T> => {
    asked.push({ subject, userId, payload, after });
    const found = shown.get(userId) ?? {};
    return found.refuse ? refused(problem(found.refuse, `it is ${found.refuse}`)) : answered(of(found), { stale: found.stale ?? false });
  };
  const asOf = () => new Date(clock.now()).toISOString();

  @Controller()
  class Answers {
    @RpcMethod(snapshotsRpc.portfolioValue)
    async value(payload: RequestOf<typeof snapshotsRpc.portfolioValue>, context: RpcContext): Promise<RpcReply<snapshotsRpc.PortfolioValue>> {
      const account = payload.account ?? newId();
      const row = { accountId: account, name: 'Brokerage', institution: null, provider: 'plaid', currency: 'USD', value: '1', baseValue: '1', percent: '100', counted: true, reason: null, asOf: asOf() };
      return answer('value', payload, context, ({ value }) => ({
        value: '1000', currency: payload.currency ?? 'USD', cash: '0', dayChange: '0', dayChangePercent: '0', asOf: asOf(), complete: true, quality: 100, unpriced: [], parked: [], reasons: [], accounts: [row], ...value,
      }));
    }

    @RpcMethod(snapshotsRpc.portfolioPositions)
    async positions(payload: RequestOf<typeof snapshotsRpc.portfolioPositions>, context: RpcContext): Promise<RpcReply<snapshotsRpc.PortfolioPositions>> {
      return answer('positions', payload, context, ({ positions }) => ({
        currency: 'USD', asOf: asOf(), complete: true, quality: 100, reasons: [], positions: [], cash: [], totals: { value: '1000', positionsValue: '0', cash: '1000', costBasis: null, unrealizedGain: null }, ...positions,
      }));
    }

    @RpcMethod(historyRpc.allocation)
    async allocation(payload: RequestOf<typeof historyRpc.allocation>, context: RpcContext): Promise<RpcReply<historyRpc.Allocation>> {
      return answer('allocation', payload, context, ({ allocation }) => ({ currency: 'USD', asOf: asOf(), by: 'class', slices: [], total: '1000', complete: true, reasons: [], ...allocation }));
    }
  }

  const nest = await startNest({ module: { module: class Fake {}, controllers: [Answers] }, name: 'answers', port: 0, natsUrl, nats, log: createLogger({ service: 'answers', level: 'silent' }), ready: async () => ({}) });
  return { shown, asked, close: async () => { await nest.close(); await nats.close(); } };
}

export interface GivenAccount {
  readonly userId: string;
  readonly accountId: string;
  readonly connectionId: string;
}

/** A linked account of a user, seen by the service. */
export async function discover(fixture: AlertsFixture, given: { userId?: string; provider?: string; name?: string } = {}): Promise<GivenAccount> {
  const account = { userId: given.userId ?? newId(), accountId: newId(), connectionId: newId() };
  await fixture.seen(await fixture.say('connections', account.userId, [[`connection-${account.connectionId}`, 'AccountDiscovered', {
    ...account, provider: given.provider ?? 'plaid', institutionId: 'inst', institutionName: 'An institution',
    details: { providerAccountId: account.accountId, name: given.name ?? 'Brokerage', officialName: null, type: 'investment', subtype: null, mask: '1234', numberHash: null, currency: 'USD' },
    capabilities: { trading: false, realtime: false, positions: true, transactions: true },
  }]]));
  return account;
}

export function snapshotOf(account: GivenAccount): Said {
  const data: BalanceSnapshotCaptured = {
    ...account, provider: 'plaid', snapshotId: newId(), syncId: null, capturedAt: new Date().toISOString(), providerAsOf: null, source: 'account_sync', currency: 'USD', totals: { balance: null }, balances: [], providerMetadata: {},
  };
  return [`account-${account.accountId}`, 'BalanceSnapshotCaptured', data];
}
