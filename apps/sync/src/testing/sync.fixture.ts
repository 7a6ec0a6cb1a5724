/**
 * sync on real Postgres and NATS, beside a log `connections` that the spec writes. Providers, credentials and the answer of the
 * connections service are the spec's own; everything else is what runs in production. Several instances can share one database.
 */
import { connect } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/nats-core';
import { connectionsRpc } from '@tidemark/contracts';
import type { EventEnvelope } from '@tidemark/contracts';
import { EventLog, eventLogMigration, startEventLogServer } from '@tidemark/event-log';
import { accountIdOf, instant } from '@tidemark/kernel';
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { startProjections, startReactors } from '@tidemark/projections';
import { answered, createLogger, newId } from '@tidemark/service';
import { ManualClock, startNats, testDatabase, waitUntil } from '@tidemark/testing';
import { migrations } from '../app.js';
import { connectionView } from '../connection/project.js';
import { connectionReactor } from '../connection/react.js';
import { costs } from '../costs/project.js';
import type { SyncDeps, SyncSettings } from '../deps.js';
import { SyncWorker } from '../job/worker.js';
import { refreshPolicy } from '../refresh/refresh-policy.js';
import { getSync } from '../use-cases/get-sync.js';
import { FakeProvider } from './fake-provider.js';

export const START = '2026-11-20T12:00:00.000Z';

export const SETTINGS: SyncSettings = {
  intervalMs: 6 * 3_600_000, overlapDays: 14, fullIntervalMs: 7 * 86_400_000, concurrency: 8, providerConcurrency: 6, lockMs: 900, pollMs: 50,
  backoff: { baseMs: 20, maxMs: 100, attempts: 3 }, patienceMs: [20], retentionMs: 90 * 86_400_000,
};

export interface Instance {
  readonly deps: SyncDeps;
  readonly worker: SyncWorker;
  /** As a crash would: its work goes on nowhere, its locks stay. */
  die(): Promise<void>;
}

export interface Linked {
  readonly userId: string;
  readonly connectionId: string;
  readonly syncId: string;
  accountId(providerAccountId: string): string;
}

export class SyncWorld {
  readonly clock = new ManualClock(START);
  readonly plaid = new FakeProvider('plaid');
  readonly snaptrade = new FakeProvider('snaptrade');
  readonly lines: string[] = [];
  /** What the connections service answers; null: nobody listens. */
  observe: ((accounts: readonly { providerAccountId: string }[], connectionId: string) => unknown) | null = (accounts, connectionId) => ({
    accounts: accounts.map(({ providerAccountId }) => ({ accountId: accountIdOf(connectionId, providerAccountId), providerAccountId, status: 'active' })),
  });
  /** Accounts that the connections service knows, whether or not sync has heard of them: by id, with their user. */
  readonly elsewhere = new Map<string, { readonly userId: string; readonly provider: string; readonly currency: string; readonly status: string }>();
  private readonly closers: (() => Promise<unknown>)[] = [];
  private connections!: EventLog;
  private url!: string;
  private nats!: NatsConnection;
  first!: Instance;

  static async start(name: string, settings: Partial<SyncSettings> = {}): Promise<SyncWorld> {
    const world = new SyncWorld();
    await world.open(name, settings);
    return world;
  }

  private async open(name: string, settings: Partial<SyncSettings>): Promise<void> {
    const test = await testDatabase(name);
    this.closers.push(() => test.drop());
    const server = await startNats({});
    this.closers.push(() => server.stop());
    this.nats = await connect({ servers: server.url });
    this.closers.push(() => this.nats.close());
    const provision = (part: string) => provisionDatabase({ adminUrl: test.adminUrl, database: `${test.prefix}_${part}`, ownerPassword: 'o', servicePassword: 's' });
    const [own, other] = [await provision('sync'), await provision('connections')];
    await migrate({ ownerUrl: own.ownerUrl, serviceRole: own.serviceRole, migrations: migrations() });
    await migrate({ ownerUrl: other.ownerUrl, serviceRole: other.serviceRole, migrations: [eventLogMigration()] });
    this.url = own.serviceUrl;
    const database = await openDatabase({ url: other.serviceUrl, application: 'connections' });
    this.closers.push(() => database.close());
    this.connections = new EventLog({ name: 'connections', database });
    const served = await startEventLogServer({ log: this.connections, nats: this.nats, logger: this.logger() });
    this.closers.push(() => served.close());
    this.first = await this.instance(settings);
    const { deps } = this.first;
    const own2 = await startEventLogServer({ log: deps.log, nats: this.nats, logger: this.logger() });
    this.closers.push(() => own2.close());
    const options = { database: deps.database, nats: this.nats, logger: this.logger() };
    const projections = await startProjections({ ...options, projections: [connectionView, costs] });
    this.closers.push(() => projections.close());
    const reactors = await startReactors({ ...options, reactors: [connectionReactor(deps)] });
    this.closers.push(() => reactors.close());
  }

  logger() {
    return createLogger({ service: 'sync', level: 'debug', destination: { write: (line: string) => void this.lines.push(line) } });
  }

  /** Another replica of the service on the same database. */
  async instance(settings: Partial<SyncSettings> = {}): Promise<Instance> {
    const database = await openDatabase({ url: this.url, application: 'sync' });
    const quiet = { synced: () => undefined, called: () => undefined, webhook: () => undefined, queue: () => undefined };
    const known = new Map([this.plaid, this.snaptrade].map((port) => [port.id, { port, refresh: refreshPolicy(port.id, { amount: port.id === 'plaid' ? '0.01' : '0.05', currency: 'USD' }) }]));
    const deps: SyncDeps = {
      database, log: new EventLog({ name: 'sync', database }), clock: this.clock, random: () => 0.5, newId, logger: this.logger(), metrics: quiet, settings: { ...SETTINGS, ...settings },
      rpc: { call: (async (contract: unknown, payload: { accounts: readonly { providerAccountId: string }[]; connectionId: string; accountId?: string }, { userId }: { userId: string }) => contract === connectionsRpc.getAccount ? this.accountOf(payload.accountId ?? '', userId) : (this.observe ? answered(this.observe(payload.accounts, payload.connectionId)) : { ok: false, error: { code: 'unavailable', detail: 'nobody listens' } })) as never },
      providers: { get: async (id) => known.get(id) ?? null },
      credentials: { get: async (ref) => (ref.startsWith('gone/') ? null : { accessToken: 'access-sandbox-secret-1' }) },
      wake: () => worker.wake(),
    };
    const worker = new SyncWorker(deps, crypto.randomUUID());
    worker.start();
    let dead = false;
    const die = async () => {
      if (dead) return;
      dead = true;
      await Promise.all([database.close(), worker.close()]);
    };
    this.closers.push(async () => {
      await worker.close();
      if (!dead) await database.close();
    });
    return { deps, worker, die };
  }

  private accountOf(accountId: string, userId: string) {
    const account = this.elsewhere.get(accountId);
    return account?.userId === userId ? answered(account) : { ok: false, error: { code: 'not_found', detail: 'There is no such account.' } };
  }

  get database(): Database {
    return this.first.deps.database;
  }

  async connectionEvent(userId: string, connectionId: string, type: string, data: object): Promise<void> {
    const appended = await this.connections.append({ userId, stream: `connection-${connectionId}`, expectedVersion: 'any', events: [{ id: newId(), type, time: instant(this.clock.now()), data: { userId, connectionId, ...data } }] });
    if (!appended.ok) throw new Error(JSON.stringify(appended.error));
  }

  /** A linked connection whose first sync has not been waited for. */
  async link(userId: string, provider = 'plaid', more: { credentialRef?: string } = {}): Promise<Linked> {
    const [connectionId, syncId] = [newId(), newId()];
    await this.connectionEvent(userId, connectionId, 'ConnectionRequested', { institutionId: 'chase', institutionName: 'Chase', provider, needTrading: false, tradingAllowed: false, routing: { reason: 'spec', alternatives: [] } });
    await this.connectionEvent(userId, connectionId, 'ConnectionLinked', { provider, institutionId: 'chase', providerConnectionId: `item-${connectionId}`, credentialRef: more.credentialRef ?? `connection/${connectionId}`, firstSyncId: syncId });
    return { userId, connectionId, syncId, accountId: (id) => accountIdOf(connectionId, id) };
  }

  async linked(userId: string, provider = 'plaid'): Promise<Linked> {
    const linked = await this.link(userId, provider);
    await this.finished(linked.userId, linked.syncId);
    return linked;
  }

  async sync(userId: string, syncId: string) {
    return (await this.found(userId, syncId))?.sync ?? null;
  }

  async found(userId: string, syncId: string) {
    const found = await getSync(this.first.deps, { userId, syncId, after: [] });
    return found.ok ? found.value : null;
  }

  finished(userId: string, syncId: string) {
    return waitUntil(async () => {
      const sync = await this.sync(userId, syncId);
      return sync?.status === 'completed' || sync?.status === 'failed' ? sync : null;
    }, { timeoutMs: 15_000, describe: () => `sync ${syncId} to end; the log says ${this.lines.slice(-5).join('')}` });
  }

  /** Waits until no sync of an earlier spec is open, which could take what this one sets up. */
  async idle(): Promise<void> {
    await waitUntil(async () => (await this.database.query(`SELECT 1 FROM sync_job WHERE status IN ('queued', 'running')`)).rowCount === 0, { timeoutMs: 15_000, describe: 'all syncs to end' });
  }

  /** Every event of one user in sync's log, in order. */
  async events(userId: string, ...types: string[]): Promise<EventEnvelope<Record<string, unknown>>[]> {
    const { log } = this.first.deps;
    const all = (await log.readPartition(log.partitionOf(userId), 0, 100_000, userId)) as EventEnvelope<Record<string, unknown>>[];
    return types.length === 0 ? all : all.filter((event) => types.includes(event.type));
  }

  async close(): Promise<void> {
    for (const one of this.closers.reverse()) await one();
  }
}
