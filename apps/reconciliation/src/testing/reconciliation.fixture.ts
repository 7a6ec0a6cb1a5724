/**
 * The whole service on real Postgres, NATS and the sandbox, beside two logs that a spec appends to: what sync and connections would be.
 * Accounts are linked through the providers' own ports, and their credentials lie in a real store that the service may only read.
 */
import type { NatsConnection } from '@nats-io/nats-core';
import { reconciliationRpc as rpc } from '@tidemark/contracts';
import type { LogPosition, RequestOf, ResponseOf, RpcContract, RpcReply, Tolerance } from '@tidemark/contracts';
import { connectionRef, ensureAccountNumberKey, openCredentialStore, parseKeyring, prepareCredentialDatabase } from '@tidemark/credentials';
import type { CredentialStore } from '@tidemark/credentials';
import { EventLog, eventLogMigration, startEventLogServer } from '@tidemark/event-log';
import { accountIdOf, instant } from '@tidemark/kernel';
import { migrate, openDatabase, provisionDatabase, provisionReader } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { waitForPositions } from '@tidemark/projections';
import { createProviders, providerSettings } from '@tidemark/providers';
import type { Credential, FetchRequest, LinkProof, ProviderPort } from '@tidemark/providers';
import { connectNats, newId, RpcClient, systemClock } from '@tidemark/service';
import type { RunningService } from '@tidemark/service';
import { ManualClock, startNats, testDatabase, waitUntil } from '@tidemark/testing';
import { startReconciliation } from '../app.js';
import type { Given } from '../app.js';
import { reconciliationConfig } from '../config.js';
import { READ_MODELS } from '../deps.js';
import { ERASER } from '../runs/erase-runs.js';
import { SandboxWorld } from './sandbox-world.fixture.js';

export const NOW = '2026-11-20T22:00:00.000Z';
const PARTITIONS = 2;
const CREDENTIALS_KEY = Buffer.alloc(32, 7).toString('base64');
/** Who reaches which institution of the world; Plaid the others. */
const PROVIDERS: Readonly<Record<string, string>> = { south: 'snaptrade', coinbase: 'coinbase', dydx: 'dydx' };
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

export type Report = rpc.Report;
export type Discrepancy = rpc.Discrepancy;
/** One event of a spec: its stream, its type, its data. */
export type Said = readonly [stream: string, type: string, data: object];

export interface Linked {
  readonly userId: string;
  readonly connectionId: string;
  readonly provider: string;
  readonly port: ProviderPort;
  readonly request: FetchRequest;
  /** Our ids, in the order of the provider's answer. */
  readonly accountIds: readonly string[];
  readonly credential: Credential;
}

export class ReconciliationFixture {
  readonly clock = new ManualClock(NOW);
  /** Waits that provider calls would have made between their attempts. */
  readonly slept: number[] = [];
  sandbox!: SandboxWorld;
  database!: Database;
  owner!: Database;
  private nats!: NatsConnection;
  private client!: RpcClient;
  private credentials!: CredentialStore;
  private ports!: ReadonlyMap<string, ProviderPort>;
  private readonly logs = new Map<string, EventLog>();
  private readonly closers: (() => Promise<unknown>)[] = [];
  private readonly instances: (() => Promise<void>)[] = [];
  private env: Record<string, string> = {};
  /** The instance that is there from the beginning. */
  private first!: RunningService;

  static async start(name: string): Promise<ReconciliationFixture> {
    const fixture = new ReconciliationFixture();
    await fixture.open(name);
    return fixture;
  }

  private async open(name: string): Promise<void> {
    const [server, bus, sandbox] = await Promise.all([testDatabase(name), startNats(), SandboxWorld.start()]);
    this.sandbox = sandbox;
    this.closers.push(() => server.drop(), () => bus.stop(), () => sandbox.close());
    const provision = (part: string) => provisionDatabase({ adminUrl: server.adminUrl, database: `${server.prefix}_${part}`, ownerPassword: 'o', servicePassword: 's' });
    const [own, store] = [await provision('reconciliation'), await provision('credentials')];
    const reader = await provisionReader({ adminUrl: server.adminUrl, database: `${server.prefix}_credentials`, role: `${server.prefix}_credentials_reconciliation`, password: 'r' });
    await prepareCredentialDatabase({ ownerUrl: store.ownerUrl, serviceRole: store.serviceRole });
    const keyring = parseKeyring(CREDENTIALS_KEY) ?? undefined;
    this.credentials = await openCredentialStore({ CREDENTIALS_STORE: 'postgres', CREDENTIALS_PG_URL: store.serviceUrl, CREDENTIALS_KEY: keyring, CREDENTIALS_AWS_REGION: undefined, CREDENTIALS_AWS_PREFIX: '', CREDENTIALS_AWS_ENDPOINT: undefined, CREDENTIALS_AWS_KMS_KEY: undefined }, 'spec');
    this.nats = await connectNats(bus.url, 'spec');
    this.client = new RpcClient({ nats: this.nats });
    this.closers.push(() => this.credentials.close(), () => this.nats.close());
    for (const log of ['sync', 'connections']) await this.openLog(log, await provision(log));
    this.env = {
      NATS_URL: bus.url, RECONCILIATION_PG_URL: own.serviceUrl, RECONCILIATION_PG_OWNER_URL: own.ownerUrl, RECONCILIATION_HTTP_PORT: '0', LOG_LEVEL: process.env['RECONCILIATION_SPEC_LOG'] ?? 'silent', TIDEMARK_PARTITIONS: String(PARTITIONS),
      RECONCILIATION_POLL: '50ms', RECONCILIATION_LOCK: '1s', RECONCILIATION_BACKOFF: '100ms', AUDIT_KEY: Buffer.alloc(32, 9).toString('base64'), CREDENTIALS_KEY, CREDENTIALS_PG_URL: reader.url,
      PLAID_BASE_URL: `${sandbox.url}/plaid`, PLAID_CLIENT_ID: 'sandbox-plaid-client', PLAID_SECRET: 'sandbox-plaid-secret', PLAID_TIMEOUT_MS: '1500', PLAID_BREAKER_MS: '100',
      SNAPTRADE_BASE_URL: `${sandbox.url}/snaptrade`, SNAPTRADE_CLIENT_ID: 'SANDBOX-TIDEMARK', SNAPTRADE_CONSUMER_KEY: 'sandbox-snaptrade-consumer-key', SNAPTRADE_TIMEOUT_MS: '1500', SNAPTRADE_REQUESTS_PER_MINUTE: '100000', COINBASE_BASE_URL: `${sandbox.url}/coinbase`, DYDX_BASE_URL: `${sandbox.url}/dydx`,
    };
    const settings = providerSettings(this.env);
    if (!settings.ok) throw new Error(JSON.stringify(settings.error));
    this.ports = createProviders(settings.value, { clock: systemClock, random: Math.random, log: quiet, onCall: () => undefined, accountNumberKey: await ensureAccountNumberKey(this.credentials) });
    this.first = await this.instance();
    this.database = await openDatabase({ url: own.serviceUrl, application: 'spec', poolSize: 4 });
    this.owner = await openDatabase({ url: own.ownerUrl, application: 'owner', poolSize: 1 });
    this.closers.push(() => this.database.close(), () => this.owner.close());
    await sandbox.change(() => undefined);
    await this.at(NOW);
  }

  private async openLog(name: string, at: { ownerUrl: string; serviceUrl: string; serviceRole: string }): Promise<void> {
    await migrate({ ownerUrl: at.ownerUrl, serviceRole: at.serviceRole, migrations: [eventLogMigration(PARTITIONS)] });
    const database = await openDatabase({ url: at.serviceUrl, application: name, poolSize: 2 });
    const log = new EventLog({ name, database, partitions: PARTITIONS });
    const server = await startEventLogServer({ log, nats: this.nats, logger: quiet });
    this.logs.set(name, log);
    this.closers.push(() => database.close(), () => server.close());
  }

  /** Another replica of the service. */
  async instance(settings: Record<string, string> = {}, given: Given = {}): Promise<RunningService> {
    const sleep = async (milliseconds: number) => void this.slept.push(milliseconds);
    const running = await startReconciliation(reconciliationConfig({ ...this.env, ...settings }), { clock: this.clock, callClock: systemClock, sleep, ...given });
    let closed: Promise<void> | null = null;
    const close = () => (closed ??= running.close());
    this.closers.push(close);
    this.instances.push(close);
    return { ...running, close };
  }

  /** Leaves the work to one replica. @returns what brings the usual one back and ends it */
  async only(replica: RunningService): Promise<() => Promise<void>> {
    await this.first.close();
    return async () => {
      this.first = await this.instance();
      await replica.close();
    };
  }

  /** Ends every instance, does something while there is none, and starts one. */
  async restarted(meanwhile: () => Promise<unknown> = () => Promise.resolve()): Promise<void> {
    for (const close of this.instances.splice(0)) await close();
    await meanwhile();
    this.first = await this.instance();
  }

  async metrics(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.first.port}/metrics`)).text();
  }

  /** It is this late, here and at the institutions. */
  async at(now: string): Promise<void> {
    this.clock.set(now);
    await this.sandbox.control('POST', '/clock', { now });
  }

  call<C extends RpcContract>(contract: C, userId: string, payload: RequestOf<C>, after: readonly LogPosition[] = []): Promise<RpcReply<ResponseOf<C>>> {
    return this.client.call(contract, payload, { userId, requestId: newId(), after: [...after] });
  }

  async must<C extends RpcContract>(contract: C, userId: string, payload: RequestOf<C>): Promise<ResponseOf<C>> {
    const reply = await this.call(contract, userId, payload);
    if (!reply.ok) throw new Error(JSON.stringify(reply.error));
    return reply.value;
  }

  /** All in one commit, and seen by the service when it returns. */
  async say(log: 'sync' | 'connections', userId: string, events: readonly Said[]): Promise<readonly LogPosition[]> {
    const done = await this.logs.get(log)?.transaction(async (tx) => {
      for (const [stream, type, data] of events) tx.append({ userId, stream, expectedVersion: 'any', events: [{ id: newId(), type, time: instant(this.clock.now()), data }] });
      await Promise.resolve();
    });
    if (!done?.ok) throw new Error(JSON.stringify(done?.error));
    if (!(await waitForPositions(this.database, [...READ_MODELS, ERASER], done.value.positions, 10_000))) throw new Error('not projected in time');
    return done.value.positions;
  }

  /** Links what a person has at an institution, as connections would. */
  async link(userId: string, institution: string, more: { person?: string; connectionId?: string } = {}): Promise<Linked> {
    const provider = PROVIDERS[institution] ?? 'plaid';
    const port = this.ports.get(provider);
    if (!port) throw new Error(provider);
    const connectionId = more.connectionId ?? newId();
    const call = { userId, connectionId, institution };
    const registered = provider === 'snaptrade' ? good(await port.registerUser(connectionId)) : null;
    const user = registered === null ? {} : { userCredential: registered };
    const providerInstitutionId = { north: 'ins_1', east: 'ins_2', south: 'SOUTH' }[institution] ?? null;
    const started = good(await port.startLink({ call, providerInstitutionId, institutionName: institution, trading: false, ...user }));
    const proof = await this.sandbox.control<LinkProof>('POST', '/links/approve', { link: { kind: started.kind, ...(started.token === undefined ? {} : { token: started.token }), ...(started.url === undefined ? {} : { url: started.url }) }, as: { person: more.person ?? userId, institution } });
    const { providerConnectionId, credential, accounts } = good(await port.completeLink({ call, proof, ...user }));
    await this.credentials.put({ ref: connectionRef(connectionId), userId, secret: credential });
    const of = { userId, connectionId, provider, institutionId: institution, institutionName: `${institution} institution` };
    const { provider: _provider, ...requested } = of;
    const discovered = accounts.map((details): Said => [`connection-${connectionId}`, 'AccountDiscovered', { ...of, accountId: accountIdOf(connectionId, details.providerAccountId), details, capabilities: { trading: false, realtime: false, positions: true, transactions: true } }]);
    await this.say('connections', userId, [
      [`connection-${connectionId}`, 'ConnectionRequested', { ...requested, provider, needTrading: false, tradingAllowed: false, routing: { reason: 'spec', alternatives: [] } }],
      [`connection-${connectionId}`, 'ConnectionLinked', { userId, connectionId, provider, institutionId: institution, providerConnectionId, credentialRef: connectionRef(connectionId), firstSyncId: newId() }],
      ...discovered,
    ]);
    return { userId, connectionId, provider, port, request: { call, credential, providerConnectionId }, accountIds: accounts.map((one) => accountIdOf(connectionId, one.providerAccountId)), credential };
  }

  /** Captures what the provider says now, as sync would. @returns the ids of the snapshots, by account */
  async capture(linked: Linked): Promise<Map<string, string>> {
    const { userId, connectionId, provider, port, request } = linked;
    const { accounts } = good(await port.fetchAccounts(request));
    const ids = new Map<string, string>();
    const events = accounts.map(({ account, currency, providerAsOf, totals, balances }): Said => {
      const [accountId, snapshotId] = [accountIdOf(connectionId, account.providerAccountId), newId()];
      ids.set(accountId, snapshotId);
      return [`account-${accountId}`, 'BalanceSnapshotCaptured', { snapshotId, userId, connectionId, accountId, provider, syncId: newId(), capturedAt: instant(this.clock.now()), providerAsOf, source: 'account_sync', currency: currency ?? 'USD', totals, balances, providerMetadata: {} }];
    });
    await this.say('sync', userId, events);
    return ids;
  }

  /** A person of one account at one institution, linked and captured. */
  async held(userId: string, institution = 'north', given: Parameters<SandboxWorld['open']>[2] = {}): Promise<Linked & { readonly worldId: string; readonly accountId: string }> {
    const worldId = await this.sandbox.open(userId, institution, given);
    const linked = await this.link(userId, institution);
    await this.capture(linked);
    await this.sandbox.control('DELETE', '/requests');
    return { ...linked, worldId, accountId: linked.accountIds[0] ?? '' };
  }

  async start(userId: string, asked: { accountIds?: string[]; tolerance?: Tolerance } = {}): Promise<{ id: string; joined: boolean }> {
    return this.must(rpc.startReconciliation, userId, asked);
  }

  ended(userId: string, id: string): Promise<Report> {
    let last: unknown = null;
    return waitUntil(async () => {
      const report = await this.must(rpc.getReconciliation, userId, { reconciliationId: id });
      last = report;
      return report.status === 'queued' || report.status === 'running' ? null : report;
    }, { timeoutMs: 20_000, everyMs: 20, describe: () => `reconciliation ${id} to end: ${JSON.stringify(last)}` });
  }

  async reconciled(userId: string, asked: Parameters<ReconciliationFixture['start']>[1] = {}): Promise<Report> {
    return this.ended(userId, (await this.start(userId, asked)).id);
  }

  async discrepancies(userId: string, status?: Discrepancy['status']): Promise<readonly Discrepancy[]> {
    return (await this.must(rpc.listDiscrepancies, userId, status ? { status } : {})).items;
  }

  /** Events of the service's own log about a user, in order. */
  async told(userId: string, ...types: string[]): Promise<{ type: string; data: Record<string, unknown> }[]> {
    const { rows } = await this.database.query<{ type: string; data: Record<string, unknown> }>('SELECT type, data FROM log.event WHERE userid = $1 ORDER BY position', [userId]);
    return types.length === 0 ? rows : rows.filter(({ type }) => types.includes(type));
  }

  async close(): Promise<void> {
    for (const one of this.closers.reverse()) await one();
  }
}

function good<T, E>(result: { ok: true; value: T } | { ok: false; error: E }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}
