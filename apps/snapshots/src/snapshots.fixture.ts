/** The whole service on real Postgres and NATS, beside two logs that a spec appends to: what sync and connections would be. */
import type { NatsConnection } from '@nats-io/nats-core';
import type { BalanceLine, BalanceSnapshotCaptured, LogPosition, RequestOf, ResponseOf, RpcContract, RpcReply } from '@tidemark/contracts';
import { EventLog, eventLogMigration, startEventLogServer } from '@tidemark/event-log';
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { startProjections, waitForPositions } from '@tidemark/projections';
import { connectNats, createLogger, newId, RpcClient, startNest } from '@tidemark/service';
import { ManualClock, startNats, testDatabase } from '@tidemark/testing';
import { ENTITIES, MIGRATIONS, PROJECTIONS } from './app.js';
import { READ_MODELS } from './reads/read-context.js';
import { snapshotsModule } from './snapshots.module.js';

export const NOW = '2026-11-20T21:30:00.000Z';
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

export interface SnapshotsFixture {
  readonly database: Database;
  readonly owner: Database;
  readonly clock: ManualClock;
  readonly nats: NatsConnection;
  readonly sync: EventLog;
  readonly connections: EventLog;
  call<C extends RpcContract>(contract: C, userId: string, payload: RequestOf<C>, after?: readonly LogPosition[]): Promise<RpcReply<ResponseOf<C>>>;
  append(log: 'sync' | 'connections' | 'history', userId: string, stream: string, type: string, data: object, time?: string): Promise<LogPosition[]>;
  /** Waits until the read models have seen it. */
  seen(positions: readonly LogPosition[]): Promise<void>;
  close(): Promise<void>;
}

export async function startSnapshots(name: string): Promise<SnapshotsFixture> {
  const server = await testDatabase(name);
  const bus = await startNats();
  const urls = await provisionDatabase({ adminUrl: server.adminUrl, database: `${server.prefix}_read`, ownerPassword: 'o', servicePassword: 's' });
  await migrate({ ownerUrl: urls.ownerUrl, serviceRole: urls.serviceRole, migrations: MIGRATIONS });
  const database = await openDatabase({ url: urls.serviceUrl, application: 'snapshots', entities: ENTITIES });
  const owner = await openDatabase({ url: urls.ownerUrl, application: 'owner', poolSize: 1, entities: ENTITIES });
  const nats = await connectNats(bus.url, 'snapshots');
  const logs = { sync: await openLog('sync'), connections: await openLog('connections'), history: await openLog('history') };
  const projections = await startProjections({ database, nats, logger: quiet, projections: PROJECTIONS, headsMs: 300 });
  const clock = new ManualClock(NOW);
  const nest = await startNest({ module: snapshotsModule({ database, clock }), name: 'snapshots', port: 0, natsUrl: bus.url, nats, log: createLogger({ service: 'snapshots', level: 'error' }), ready: async () => ({}), checkReplies: true });
  const client = new RpcClient({ nats });

  async function openLog(log: string) {
    const at = await provisionDatabase({ adminUrl: server.adminUrl, database: `${server.prefix}_${log}`, ownerPassword: 'o', servicePassword: 's' });
    await migrate({ ownerUrl: at.ownerUrl, serviceRole: at.serviceRole, migrations: [eventLogMigration()] });
    const store = await openDatabase({ url: at.serviceUrl, application: log, poolSize: 4 });
    const opened = new EventLog({ name: log, database: store });
    return { log: opened, store, running: await startEventLogServer({ log: opened, nats, logger: quiet }) };
  }

  // What each user has written so far, by log: reads wait for all of it, as a client that keeps its positions does.
  const written = new Map<string, Map<string, LogPosition>>();

  return {
    database, owner, clock, nats, sync: logs.sync.log, connections: logs.connections.log,
    call: (contract, userId, payload, after) => client.call(contract, payload, { userId, requestId: newId(), after: [...(written.get(userId)?.values() ?? []), ...(after ?? [])] }),
    append: async (log, userId, stream, type, data, time = NOW) => {
      const done = await logs[log].log.append({ userId, stream, expectedVersion: 'any', events: [{ id: newId(), type, time, data }] });
      if (!done.ok) throw new Error(JSON.stringify(done.error));
      const mine = written.get(userId) ?? new Map<string, LogPosition>();
      for (const at of done.value.positions) mine.set(`${at.log}/${at.partition}`, at);
      written.set(userId, mine);
      return [...done.value.positions];
    },
    seen: async (positions) => {
      if (!(await waitForPositions(database, READ_MODELS, positions, 10_000))) throw new Error(`not projected: ${JSON.stringify(positions)}`);
    },
    close: async () => {
      await nest.close();
      await projections.close();
      for (const { running, store } of Object.values(logs)) {
        await running.close();
        await store.close();
      }
      await nats.close();
      await Promise.all([database.close(), owner.close()]);
      await bus.stop();
      await server.drop();
    },
  };
}

export interface GivenAccount {
  readonly accountId: string;
  readonly connectionId: string;
  readonly userId: string;
  readonly provider: string;
}

/** Appends the discovery of an account; the positions are for `seen`. */
export async function discover(fixture: SnapshotsFixture, userId: string, provider: string, given: { trading?: boolean; connectionId?: string } = {}): Promise<GivenAccount & { positions: LogPosition[] }> {
  const account = { accountId: newId(), connectionId: given.connectionId ?? newId(), userId, provider };
  const positions = await fixture.append('connections', userId, `connection-${account.connectionId}`, 'AccountDiscovered', {
    userId, connectionId: account.connectionId, accountId: account.accountId, provider, institutionId: 'inst', institutionName: 'An institution',
    details: { providerAccountId: account.accountId, name: `${provider} account`, officialName: null, type: 'investment', subtype: null, mask: '1234', numberHash: null, currency: 'USD' },
    capabilities: { trading: given.trading ?? false, realtime: false, positions: true, transactions: true },
  });
  return { ...account, positions };
}

export function snapshotOf(account: GivenAccount, capturedAt: string, balances: readonly BalanceLine[], given: Partial<BalanceSnapshotCaptured> = {}): BalanceSnapshotCaptured {
  return {
    snapshotId: newId(), userId: account.userId, connectionId: account.connectionId, accountId: account.accountId, provider: account.provider, syncId: null,
    capturedAt, providerAsOf: null, source: 'account_sync', currency: 'USD', totals: { balance: null }, balances: [...balances], providerMetadata: { kept: 'as received' }, ...given,
  };
}

export async function capture(fixture: SnapshotsFixture, account: GivenAccount, capturedAt: string, balances: readonly BalanceLine[], given: Partial<BalanceSnapshotCaptured> = {}): Promise<LogPosition[]> {
  return fixture.append('sync', account.userId, `account-${account.accountId}`, 'BalanceSnapshotCaptured', snapshotOf(account, capturedAt, balances, given), capturedAt);
}
